import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CAMPAIGN_REASONS, CAMPAIGN_STATES } from '../../domain/campaign/campaign-transitions';
import { SEND_REASONS } from '../../domain/delivery/send-reasons';
import { SEND_STATES } from '../../domain/delivery/send-transitions';
import { RULES } from '../../domain/rules/rules';
import type { OptInRequestState } from '../../domain/subscriber/opt-in-request';
import { PROBLEMS } from '../../src/errors/codes';
import { Metrics } from '../../src/metrics/metrics';
import { RUN_REASONS } from '../../src/sequences/step-outcome';

const page = readFileSync('docs/operations.md', 'utf8');

const OPT_IN_REQUEST_STATES: Readonly<Record<OptInRequestState, true>> = {
  waiting: true,
  sending: true,
  asked: true,
  opted_in: true,
  refused: true,
  failed: true,
  unknown: true,
  expired: true,
  cancelled: true,
};

/** What stands under one heading of the page, its sub-headings included. */
function sectionOf(heading: string): string {
  const level = /^#+/.exec(heading)?.[0] ?? '';
  const [, after = ''] = page.split(`\n${heading}\n`);
  return after.split(new RegExp(`\n#{1,${level.length}} `))[0] ?? '';
}

const unnamedIn = (heading: string, names: readonly string[]): string[] =>
  names.filter((name) => !sectionOf(heading).includes(`\`${name}\``));

describe('The page for operators', () => {
  it('names every metric of the API', () => {
    const names = new Metrics().registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(unnamedIn('## Metrics', names)).toEqual([]);
  });

  it.each([
    ['## States of a campaign', CAMPAIGN_STATES],
    ['### Reasons of a campaign', CAMPAIGN_REASONS],
    ['## States of a send', SEND_STATES],
    ['### Reasons of a send', [...SEND_REASONS, ...RUN_REASONS]],
    ['## Opt-in requests', Object.keys(OPT_IN_REQUEST_STATES)],
    ['### Codes of problems', Object.keys(PROBLEMS)],
  ])('names everything of %s', (heading, names) => {
    expect(unnamedIn(heading, names)).toEqual([]);
  });

  it('says what to do about every rule that is decided here', () => {
    const section = sectionOf('### Rules that refuse or hold');
    const decided = RULES.filter(({ enforcedBy }) => enforcedBy !== undefined).map(({ id }) => id);
    expect(decided.filter((id) => !section.includes(`\n| ${id} `))).toEqual([]);
  });
});
