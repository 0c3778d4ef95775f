import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import type { AnswerFigures } from './api-answers';
import type { CampaignFigures } from './campaign';
import type { Machine } from './machine';
import { machineName } from './machine';
import { PARTS } from './parts';
import type { SendLoopFigures } from './send-loop';
import type { BurstFigures } from './webhook-bursts';

/** Everything that was measured; what was left out is not there. */
export interface Figures {
  readonly sendLoop?: SendLoopFigures;
  /** The first campaign of programs that were just started, and compile what they run while they run it. */
  readonly cold?: CampaignFigures;
  readonly delayed?: CampaignFigures;
  /** Ten campaigns at ten Pages at once, their messages together. */
  readonly tenPages?: CampaignFigures;
  readonly running?: CampaignFigures;
  readonly bursts?: readonly BurstFigures[];
  readonly answers?: readonly AnswerFigures[];
  readonly decisionsPerSecond?: number;
}

/** A table of the report: its title, the names of its columns, its rows. */
interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const FOLDER = join('bench', 'results');

/** @returns the tables as a terminal shows them */
export const showFigures = (figures: Figures): string =>
  sectionsOf(figures)
    .map(({ title, head, rows }) => {
      const table = new Table({ head: [...head], style: { head: [], border: [] } });
      table.push(...rows.map((row) => [...row]));
      return `${title}\n${table.toString()}`;
    })
    .join('\n\n');

/** Writes the report beside those of other days and machines. @returns its path */
export function writeReport(machine: Machine, figures: Figures, date: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${date}-${machineName(machine)}`);
  writeFileSync(`${path}.json`, `${JSON.stringify({ date, machine, figures }, null, 2)}\n`);
  writeFileSync(`${path}.md`, markdownOf(machine, figures, date));
  return `${path}.md`;
}

function markdownOf(machine: Machine, figures: Figures, date: string): string {
  const { cpu, cores, memoryGib, load, node, postgres, temporal } = machine;
  const tables = sectionsOf(figures).map(
    ({ title, head, rows }) => `## ${title}\n\n${[head, head.map(() => '---'), ...rows].map(line).join('\n')}\n`,
  );
  return [
    `# Measured on ${date}\n`,
    `${cpu}, ${cores} cores, ${memoryGib} GiB, load ${load}; Node ${node}, Postgres ${postgres}, Temporal ${temporal}. Everything on this one machine.\n`,
    ...tables,
  ].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function sectionsOf({
  sendLoop,
  cold,
  delayed,
  tenPages,
  running,
  bursts,
  answers,
  decisionsPerSecond,
}: Figures): Section[] {
  const campaigns = [
    ...(cold ? [{ ...cold, name: 'delayed, just started' }] : []),
    ...(delayed ? [{ ...delayed, name: 'delayed' }] : []),
    ...(tenPages ? [{ ...tenPages, name: 'delayed, ten Pages' }] : []),
    ...(running ? [{ ...running, name: 'running' }] : []),
  ];
  return [
    ...(campaigns.length > 0 ? [sendingOf(campaigns, sendLoop), costOf(campaigns)] : []),
    ...(bursts ? [burstsOf(bursts)] : []),
    ...(answers ? [answersOf(answers)] : []),
    ...(sendLoop || decisionsPerSecond !== undefined ? [partsAlone(sendLoop, decisionsPerSecond)] : []),
  ];
}

/** A campaign under the name it has in the tables. */
type NamedCampaign = CampaignFigures & { readonly name: string };

const sendingOf = (campaigns: readonly NamedCampaign[], sendLoop: SendLoopFigures | undefined): Section => ({
  title: 'A campaign',
  head: ['webhooks', 'messages', 'messages a second', 'share of the bare send loop', 'all applied after, s'],
  rows: campaigns.map(({ name, messages, perSecond, appliedAfterMs }) => [
    name,
    whole(messages),
    whole(perSecond),
    sendLoop ? `${whole((perSecond / sendLoop.perSecond) * 100)} %` : '–',
    (appliedAfterMs / 1_000).toFixed(1),
  ]),
});

const costOf = (campaigns: readonly NamedCampaign[]): Section => ({
  title: 'CPU a message, ms, and peak memory, MiB',
  head: ['part', ...campaigns.flatMap(({ name }) => [`${name}: sending`, 'with its webhooks', 'memory'])],
  rows: PARTS.map((part) => [
    part,
    ...campaigns.flatMap(({ cpuMsPerMessage, cpuMsPerMessageInAll, peakMemoryMib }) => [
      cpuMsPerMessage[part].toFixed(3),
      cpuMsPerMessageInAll[part].toFixed(3),
      whole(peakMemoryMib[part] ?? 0),
    ]),
  ]),
});

const burstsOf = (bursts: readonly BurstFigures[]): Section => ({
  title: 'Webhook bursts',
  head: ['events a request', 'events', 'acknowledged a second', 'applied a second', 'commits per 100 events'],
  rows: bursts.map((burst) => [
    whole(burst.eventsARequest),
    whole(burst.events),
    whole(burst.acknowledgedPerSecond),
    whole(burst.appliedPerSecond),
    burst.commitsPerHundred.toFixed(2),
  ]),
});

const answersOf = (answers: readonly AnswerFigures[]): Section => ({
  title: 'Answers of the API while a campaign runs',
  head: ['call', 'calls', 'p50, ms', 'p99, ms'],
  rows: answers.map(({ what, count, p50Ms, p99Ms }) => [what, whole(count), p50Ms.toFixed(1), p99Ms.toFixed(1)]),
});

const partsAlone = (sendLoop: SendLoopFigures | undefined, decisionsPerSecond: number | undefined): Section => ({
  title: 'Parts alone',
  head: ['what', 'a second'],
  rows: [
    ...(sendLoop
      ? [
          ['bare send loop (64 at a time, no ledger)', whole(sendLoop.perSecond)],
          ['simulator, on a core of its own', whole(sendLoop.simulatorPerCore)],
        ]
      : []),
    ...(decisionsPerSecond === undefined ? [] : [['decision core', whole(decisionsPerSecond)]]),
  ],
});

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
