import { execFileSync } from 'node:child_process';
import type { PartName } from '../../src/cli/launcher/part-name';
import type { RunningStack } from '../support/running-stack';

/** A part that stands still, with every process it had begun. */
export class FrozenPart {
  private constructor(private readonly pids: readonly number[]) {}

  /** Stops it as SIGSTOP does: connections stay open, and nobody answers on them. */
  static freeze(stack: RunningStack, part: PartName): FrozenPart {
    const pid = stack.pidOf(part);
    process.kill(pid, 'SIGSTOP');
    const children = childrenOf(pid);
    send(children, 'SIGSTOP');
    return new FrozenPart([pid, ...children]);
  }

  /** Lets it go on where it stood. */
  thaw(): void {
    send(this.pids, 'SIGCONT');
  }
}

/** Postgres serves every connection by a process of its own. */
function childrenOf(parent: number): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid] : []));
}

function send(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
