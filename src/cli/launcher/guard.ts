import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Reads `watch SIGNAL PID` and `forget PID`. When its input closes, however the writer died, it ends what it still
 * watches: the signal first, after eight seconds KILL.
 */
const SCRIPT = `
trap '' INT TERM HUP
watched=
while read -r verb first second; do
  case $verb in
    watch) watched="$watched $first:$second" ;;
    forget)
      kept=
      for entry in $watched; do [ "\${entry#*:}" = "$first" ] || kept="$kept $entry"; done
      watched=$kept ;;
  esac
done
for entry in $watched; do kill -s "\${entry%%:*}" "\${entry#*:}" 2>/dev/null; done
for second in 1 2 3 4 5 6 7 8; do
  left=
  for entry in $watched; do kill -0 "\${entry#*:}" 2>/dev/null && left="$left $entry"; done
  [ -z "$left" ] && exit 0
  sleep 1
done
for entry in $left; do kill -s KILL "\${entry#*:}" 2>/dev/null; done
`;

/** A shell that outlives this program by a moment and ends the processes that it leaves behind. */
export class Guard {
  private readonly shell: ChildProcess;

  /** @param label - stands in the shell's command line, so that people see whose it is */
  constructor(label: string) {
    this.shell = spawn('sh', ['-c', SCRIPT, 'herald-guard', label], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    this.shell.stdin?.on('error', ignoreClosedPipe);
    this.shell.unref();
  }

  /** From now on the process ends with this program; `signal` is how it is asked to. */
  watch(pid: number, signal: NodeJS.Signals): void {
    this.shell.stdin?.write(`watch ${signal.replace(/^SIG/, '')} ${pid}\n`);
  }

  /** The process has ended: its number may soon belong to another. */
  forget(pid: number): void {
    this.shell.stdin?.write(`forget ${pid}\n`);
  }

  /** Ends the guard and whatever it still watches. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.shell.once('exit', resolve));
    if (this.shell.exitCode !== null || this.shell.signalCode !== null) return;
    this.shell.ref();
    this.shell.stdin?.end();
    await ended;
  }
}

/** The guard was killed: nothing is lost but its protection. */
function ignoreClosedPipe(): void {
  return undefined;
}
