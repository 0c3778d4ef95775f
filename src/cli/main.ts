import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { loadLauncherEnvironment } from '../config/launcher-environment';
import { InvalidEnvironmentError } from '../config/read-environment';
import { CommandError } from './command-error';
import { fileTrouble } from './file-trouble';
import type { DemoOptions } from './commands/demo';
import { down } from './commands/down';
import { seed } from './commands/seed';
import { DEFAULT_DATA_DIRECTORY, DEMO_DATA_DIRECTORY } from './launcher/data-directory';
import { operatorProgram } from './operator/program';
import { openTerminal } from './terminal/terminal';

const DATA = ['--data <dir>', 'directory that holds the state of the stack', DEFAULT_DATA_DIRECTORY] as const;

interface DataOption {
  readonly data: string;
}

/** What starts a stack is loaded when it is asked for: a question to a running one takes no second for it. */
function program(): Command {
  const terminal = openTerminal();
  const herald = new Command('npm run').description('Herald: the stack and its commands').exitOverride();
  herald
    .command('up')
    .description('start the stack and keep it running until Ctrl-C')
    .option(...DATA)
    .action(async ({ data }: DataOption) => {
      const { up } = await import('./commands/up.js');
      await up(data, loadLauncherEnvironment(), terminal);
    });
  herald
    .command('down')
    .description('stop a running stack')
    .option(...DATA)
    .action(async ({ data }: DataOption) => {
      await down(data, terminal);
    });
  herald
    .command('demo')
    .description('run the story on a fresh stack')
    .option('--data <dir>', 'directory of the demo, emptied at its start', DEMO_DATA_DIRECTORY)
    .option('--exit', 'end after the story instead of staying up', false)
    .action(async ({ data, exit }: DataOption & DemoOptions) => {
      const { demo } = await import('./commands/demo.js');
      const allHeld = await demo(data, { exit }, loadLauncherEnvironment(), terminal);
      process.exitCode = allHeld ? 0 : 1;
    });
  herald
    .command('seed')
    .description('give the running stack a Page with a topic and 1,000 people')
    .option(...DATA)
    .action(async ({ data }: DataOption) => {
      await seed(data, terminal);
    });
  herald
    .command('migrate')
    .description('bring DATABASE_URL to the newest schema and prepare TEMPORAL_ADDRESS')
    .action(async () => {
      const { migrate } = await import('./commands/migrate.js');
      await migrate(loadLauncherEnvironment(), terminal);
    });
  return herald.addCommand(operatorProgram());
}

async function main(): Promise<void> {
  try {
    await program().parseAsync();
    process.exit();
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode);
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exit(1);
  }
}

/** A sentence where a person can act on it; of a defect all that is known. */
function describeFailure(error: unknown): string {
  const forPeople = fileTrouble(error) ?? error;
  if (forPeople instanceof CommandError || forPeople instanceof InvalidEnvironmentError) return forPeople.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

void main();
