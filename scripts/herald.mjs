// node scripts/herald.mjs <command> [arguments]: installs and builds what is missing, then runs it
import { checkNodeVersion } from './bootstrap/node-version.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { buildPrograms } from './bootstrap/build.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { ROOT } from './bootstrap/root.mjs';
import { run } from './bootstrap/run.mjs';
import { runTests } from './bootstrap/tests.mjs';

/** They speak to a running stack: they never replace the programs that it runs. */
const COMPANIONS = ['down', 'seed', 'herald', 'checker'];
const COMMANDS = ['demo', 'up', 'down', 'seed', 'migrate', 'test', 'test:long', 'bench', 'checker', 'herald'];

/** Programs beside Herald, in a file of their own. */
const PROGRAMS = { bench: 'dist/bench/main.js', checker: 'dist/checker/main.js' };

async function main([command, ...args]) {
  if (!COMMANDS.includes(command)) return fail(`Usage: node scripts/herald.mjs <${COMMANDS.join('|')}> [arguments]`);
  const fault = checkNodeVersion();
  if (fault) return fail(fault);
  process.chdir(ROOT);
  const build = () => buildPrograms({ whenAbsentOnly: COMPANIONS.includes(command) });
  const prepared = await withLock(async () => (await installPackages()) && (await build()));
  if (!prepared) return fail('Herald could not be installed and built; what went wrong stands above.');
  if (command === 'test') return runTests(['unit', 'servers'], args);
  if (command === 'test:long') return runTests(['long'], ['--maxWorkers=1', ...args]);
  const program = PROGRAMS[command];
  const toRun = program ? [program, ...args] : ['dist/src/cli/main.js', command, ...args];
  return run(process.execPath, ['--enable-source-maps', ...toRun], { tied: true });
}

function fail(message) {
  console.error(message);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
