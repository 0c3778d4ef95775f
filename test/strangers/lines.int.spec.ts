import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../api/api-under-test';
import { StrangersWorld } from './world';

const MEBIBYTE = 1024 * 1024;
const NDJSON = { 'content-type': 'application/x-ndjson' };

let world: StrangersWorld;
let path: string;
let good: string;
beforeAll(async () => {
  world = await StrangersWorld.open();
  const { campaigns, subscribers } = world.ours.ids;
  path = `/v1/campaigns/${campaigns?.[2] ?? ''}/messages`;
  good = JSON.stringify({ subscriberId: subscribers?.[0], variables: { name: 'Ada' } });
});
afterAll(() => world.close());
afterEach(() => world.journal.since());

const send = (body: string | Buffer): Promise<Answer> => world.api.call('POST', path, { body, headers: NDJSON });

/** Nothing of a refused call is taken, also not the good lines before the bad one. */
async function refused(body: string | Buffer, status: number, field: string): Promise<void> {
  await world.journal.since();
  const answer = await send(body);
  expect({ status: answer.status, field: answer.body.errors[0]?.field }).toEqual({ status, field });
  expect(await world.journal.since()).toEqual([]);
}

describe('Lines of people', () => {
  it.each([
    ['each with its line break', (line: string) => `${line}\n${line}\n`],
    ['without a break after the last', (line: string) => `${line}\n${line}`],
    ['as Windows breaks them', (line: string) => `${line}\r\n${line}\r\n`],
    ['with empty lines between', (line: string) => `\n\n${line}\n \n\t\n${line}\n\n`],
  ])('are taken %s', async (_how, body) => {
    expect(await send(body(good))).toMatchObject({ status: 202, body: { received: 2 } });
  });

  it.each([
    ['is cut', '{"subscriberId":', 400],
    ['has two objects', '{} {}', 400],
    ['is in single quotes', "{'subscriberId':'x'}", 400],
    ['is no object', '7', 422],
    ['is a list', '[]', 422],
    ['is null', 'null', 422],
    ['would reach a prototype', '{"__proto__":{"isAdmin":true}}', 422],
    ['is nested without end', `{"variables":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 422],
  ])('are refused with the number of the line that %s', async (_how, bad, status) => {
    const answer = await send(`${good}\n\r\n${bad}\n${good}`);
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0]?.field).toMatch(/^line 3\b/);
    expect(await world.journal.since()).toEqual([]);
  });

  it.each([
    ['an unknown field', { name: 'Ada' }, '.name'],
    ['half a surrogate pair', { variables: { name: '\ud800' } }, '.variables.name'],
    ['U+0000', { content: { text: 'a\u0000' } }, '.content.text'],
    ['an id that is none', { subscriberId: 'x' }, '.subscriberId'],
    ['a value that is none', { variables: { name: {} } }, '.variables.name'],
  ])('are refused with line and field for %s', async (_what, change, field) => {
    const bad = JSON.stringify({ ...(JSON.parse(good) as object), ...change });
    await refused(`${good}\n${bad}`, 422, `line 2${field}`);
  });

  it('that nobody here is are counted and not taken', async () => {
    const stranger = JSON.stringify({ subscriberId: world.theirs.ids['subscribers']?.[0] });
    expect(await send(stranger)).toMatchObject({ status: 202, body: { received: 1, unknown: 1 } });
  });

  it('are at most 10,000, however many more there are', async () => {
    await refused(`${good}\n`.repeat(10_001), 422, 'recipients');
    await refused('0\n'.repeat(15 * MEBIBYTE), 422, 'recipients');
    await refused('\n'.repeat(MEBIBYTE), 422, 'recipients');
    await refused('', 422, 'recipients');
  });

  it('are text in UTF-8', async () => {
    await refused(Buffer.concat([Buffer.from(good), Buffer.from([0x0a, 0xff])]), 400, 'body');
    await refused(Buffer.from(good, 'utf16le'), 400, 'line 1');
  });

  it('beyond 32 MiB are refused without a reset', async () => {
    const answer = await fetch(`${await world.api.app.getUrl()}${path}`, {
      method: 'POST',
      headers: { ...NDJSON, authorization: `Bearer ${world.ours.api.key}` },
      body: `${good}\n`.repeat(Math.ceil((33 * MEBIBYTE) / good.length)),
    });
    expect(answer.status).toBe(413);
    expect(await world.journal.since()).toEqual([]);
  });

  it('whose sender goes away in the middle are not taken', async () => {
    const headers = { ...NDJSON, authorization: `Bearer ${world.ours.api.key}`, 'content-length': 10 * MEBIBYTE };
    const cut = request(`${await world.api.app.getUrl()}${path}`, { method: 'POST', headers });
    const gone = new Promise((resolve) => cut.once('error', resolve));
    cut.write(`${good}\n`.repeat(1_000), () => cut.destroy(new Error('cut')));
    await gone;
    expect(await send(good)).toMatchObject({ status: 202 });
    const taken = (await world.journal.since()).filter(({ what }) => what === 'INSERT sends');
    expect(taken.length).toBeLessThanOrEqual(1);
  });
});
