/** Writes what docs say from code: `node dist/scripts/generate-docs.js`; with `--check` it only reports drift. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { CAMPAIGN_STATES, CAMPAIGN_TRANSITIONS, isFinal } from '../domain/campaign/campaign-transitions';
import { SEND_TRANSITIONS } from '../domain/delivery/send-transitions';
import type { Rule, RuleVersion } from '../domain/rules/rule';
import { RULES } from '../domain/rules/rules';
import { PROBLEMS } from '../src/errors/codes';

interface Move {
  readonly from: string | null;
  readonly to: string;
  readonly by: string;
}

/** A state diagram in mermaid: one arrow for each pair of states, labelled with everybody who may move it. */
function stateDiagram(moves: readonly Move[], finals: readonly string[] = []): string {
  const movers = new Map<string, Set<string>>();
  for (const { from, to, by } of moves) {
    const arrow = `${from ?? '[*]'} --> ${to}`;
    movers.set(arrow, (movers.get(arrow) ?? new Set()).add(by));
  }
  const arrows = [...movers].map(([arrow, by]) => `  ${arrow}: ${[...by].join(', ')}`);
  const ends = finals.map((state) => `  ${state} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', ...arrows, ...ends, '```'].join('\n');
}

function campaignDiagram(): string {
  const beginning: Move = { from: null, to: CAMPAIGN_STATES[0], by: 'created' };
  return stateDiagram([beginning, ...CAMPAIGN_TRANSITIONS], CAMPAIGN_STATES.filter(isFinal));
}

function tableOfRules(fromFile: string): string {
  const linkTo = (file: string | undefined): string =>
    file === undefined
      ? 'not decided here'
      : `[${file.split('/').at(-1) ?? file}](${relative(dirname(fromFile), file)})`;
  const rows = RULES.map((rule) =>
    row([rule.id, rule.sentence, linkTo(rule.enforcedBy), linkTo(rule.testedBy), linkToSource(rule)]),
  );
  return [row(['Rule', 'Sentence', 'File', 'Test', 'Source']), row(['---', '---', '---', '---', '---']), ...rows].join(
    '\n',
  );
}

function tableOfProblems(): string {
  const rows = Object.entries(PROBLEMS).map(([code, { status, title, sentence }]) =>
    row([`\`${code}\``, String(status), title, sentence]),
  );
  return [row(['Code', 'Status', 'Title', 'What to do']), row(['---', '---', '---', '---']), ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

function linkToSource({ source }: Rule): string {
  return source.reference.startsWith('http')
    ? `[${source.label}](${source.reference})`
    : `${source.label}: ${source.reference}`;
}

function rulesPage(): string {
  const intro = 'Generated from `domain/rules/` by `scripts/generate-docs.ts`. Days are days of UTC.';
  return ['# Rules', intro, ...RULES.map(sectionOfRule)].join('\n\n');
}

function sectionOfRule(rule: Rule): string {
  const versions = [row(['In force', 'Window', 'Figures', 'Note']), row(['---', '---', '---', '---'])];
  return [
    `## ${rule.id} ${rule.title}`,
    rule.sentence,
    `Product: ${rule.product}. Counted by: ${rule.scope}. Source: ${linkToSource(rule)}.`,
    [...versions, ...rule.versions.map(rowOfVersion)].join('\n'),
  ].join('\n\n');
}

function rowOfVersion({ from, to, window, note, params }: RuleVersion): string {
  const figures = Object.entries(params).map(([name, value]) => `\`${name}\`: ${inWords(value)}`);
  return row([`${from} – ${to ?? ''}`.trim(), window ?? '', figures.join('; '), note ?? '']);
}

function inWords(value: RuleVersion['params'][string]): string {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object'
    ? Object.entries(value)
        .map(([key, word]) => `${key} ${word}`)
        .join(', ')
    : String(value);
}

/** Replaces what stands between two markers; adds the markers where they are missing. */
function withSection(text: string, name: string, body: string): string {
  const [start, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const section = `${start}\n\n${body}\n\n${end}`;
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  return before === undefined || after === undefined
    ? `${text.trimEnd()}\n\n${section}\n`
    : `${before}${section}${after}`;
}

function pages(): ReadonlyMap<string, string> {
  const architecture = withSection(read('docs/architecture.md'), 'send-states', stateDiagram(SEND_TRANSITIONS));
  return new Map([
    ['docs/rules.md', rulesPage()],
    ['docs/architecture.md', withSection(architecture, 'campaign-states', campaignDiagram())],
    ['docs/operations.md', withSection(read('docs/operations.md'), 'problems', tableOfProblems())],
    ['domain/README.md', withSection(read('domain/README.md'), 'rules', tableOfRules('domain/README.md'))],
  ]);
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

async function main(): Promise<void> {
  const onlyCheck = process.argv.includes('--check');
  for (const [file, text] of pages()) {
    const formatted = await format(text, { ...(await resolveConfig(file)), filepath: file });
    if (formatted === read(file)) continue;
    process.stdout.write(`${file} ${onlyCheck ? 'differs from the code: run scripts/generate-docs' : 'written'}\n`);
    if (onlyCheck) process.exitCode = 1;
    else write(file, formatted);
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

void main();
