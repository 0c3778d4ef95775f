import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runStack } from '../src/cli/commands/run-stack';
import { dataDirectoryAt } from '../src/cli/launcher/data-directory';
import type { Runtime } from '../src/cli/launcher/runtime-file';
import { openTerminal, type Terminal } from '../src/cli/terminal/terminal';
import { loadLauncherEnvironment } from '../src/config/launcher-environment';
import { measureAnswers } from './api-answers';
import { measureCampaign } from './campaign';
import { decisionsPerSecond } from './decision-core';
import { describeMachine } from './machine';
import { showFigures, writeReport, type Figures } from './report';
import { measureSendLoop } from './send-loop';
import { Site } from './site';
import { measureBursts } from './webhook-bursts';

/** What can be measured, in the order in which it is. */
const NAMES = ['sendLoop', 'delayed', 'tenPages', 'running', 'bursts', 'answers', 'decisions'] as const;

/** Pages of a platform that send at the same time. */
const TEN = 10;

type MeasurementName = (typeof NAMES)[number];

const MEASUREMENTS: Readonly<Record<MeasurementName, (site: Site, recipients: number) => Promise<Figures>>> = {
  sendLoop: async (site, recipients) => ({ sendLoop: await measureSendLoop(site, recipients) }),
  delayed: async (site, recipients) => ({
    cold: await measureCampaign(site, 'delayed', recipients),
    delayed: await measureCampaign(site, 'delayed', recipients),
  }),
  tenPages: async (site, recipients) => ({ tenPages: await measureCampaign(site, 'delayed', recipients, TEN) }),
  running: async (site, recipients) => ({ running: await measureCampaign(site, 'running', recipients) }),
  bursts: async (site, recipients) => ({ bursts: await measureBursts(site, recipients) }),
  answers: async (site, recipients) => ({ answers: await measureAnswers(site, recipients) }),
  decisions: () => Promise.resolve({ decisionsPerSecond: decisionsPerSecond() }),
};

/** The simulator lists at most so many people, and an address takes so many a call. */
const MOST_RECIPIENTS = 10_000;

/** A Page's rate is to be no limit: its lease starts where its ceiling is lifted to. */
const ENVIRONMENT = { SEND_RATE_START: '10000', LOG_LEVEL: 'warn' };

interface Options {
  readonly recipients: number;
  readonly only?: readonly MeasurementName[];
}

async function bench({ recipients, only = NAMES }: Options, terminal: Terminal): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  const environment = loadLauncherEnvironment({ ...loadLauncherEnvironment().all, ...ENVIRONMENT });
  try {
    await runStack({ directory: dataDirectoryAt(data), environment, terminal, isShown: () => false }, (runtime) =>
      measure(runtime(), { recipients, only }, terminal),
    );
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function measure(runtime: Runtime, { recipients, only }: Required<Options>, terminal: Terminal): Promise<void> {
  const site = await Site.of(runtime);
  try {
    let figures: Figures = {};
    for (const name of NAMES.filter((one) => only.includes(one))) {
      const measured = await terminal.step(name, () => MEASUREMENTS[name](site, recipients));
      figures = { ...figures, ...measured };
    }
    const [version] = await site.ask<{ server_version: string }>('SHOW server_version');
    const machine = describeMachine(version?.server_version ?? '');
    terminal.line(showFigures(figures));
    terminal.line(`Written to ${writeReport(machine, figures, new Date().toISOString().slice(0, 10))}`);
  } finally {
    await site.database.end();
  }
}

function parseRecipients(text: string): number {
  const recipients = Number(text);
  if (Number.isInteger(recipients) && recipients >= 100 && recipients <= MOST_RECIPIENTS) return recipients;
  throw new InvalidArgumentError(`a whole number between 100 and ${MOST_RECIPIENTS}`);
}

const program = new Command('npm run bench --')
  .description('measures a whole stack on this machine and writes bench/results')
  .option('--recipients <number>', 'people of a campaign', parseRecipients, MOST_RECIPIENTS)
  .addOption(new Option('--only <names...>', 'measure these alone').choices(NAMES));

async function main(): Promise<void> {
  await bench(program.parse().opts<Options>(), openTerminal());
  process.exit();
}

void main();
