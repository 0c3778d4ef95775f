import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/env';
import { InvalidEnvironmentError, type Environment } from '../../src/config/read-environment';

const DATABASE_URL = 'postgres://herald:secret@127.0.0.1:5432/herald';
const KEY = Buffer.alloc(32, 7).toString('base64');
const PRODUCTION: Environment = {
  DATABASE_URL,
  NODE_ENV: 'production',
  HERALD_KEYS: `k1:${KEY}`,
  HERALD_LOOKUP_KEY: KEY,
  META_APP_SECRETS: '42:app-secret',
  META_VERIFY_TOKEN: 'own-token',
};

function problemsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe('A small environment', () => {
  it('is completed by defaults', () => {
    const config = loadConfig({ DATABASE_URL });
    expect(config.temporal).toEqual({
      address: '127.0.0.1:7233',
      namespace: 'herald',
      uiUrl: 'http://127.0.0.1:8233',
    });
    expect(config.http).toEqual({ host: '127.0.0.1', port: 3000, publicUrl: 'http://127.0.0.1:3000' });
    expect(config.graph).toEqual({ baseUrl: 'https://graph.facebook.com', version: 'v25.0' });
    expect(config.rates).toEqual({ sendRateStart: 10, outcomeSignalsPerSecond: 50, holdWorkflowMax: 1000 });
    expect([config.subscriberIdleDays, config.buildId, config.workerMetricsPort]).toEqual([null, null, null]);
    expect(config.sandbox).toBe(false);
  });

  it('starts at 300 messages a second in the sandbox, unless told otherwise', () => {
    expect(loadConfig({ DATABASE_URL, HERALD_SANDBOX: '1' }).rates.sendRateStart).toBe(300);
    expect(loadConfig({ DATABASE_URL, HERALD_SANDBOX: '1', SEND_RATE_START: '25' }).rates.sendRateStart).toBe(25);
  });

  it('counts an empty variable as absent', () => {
    expect(loadConfig({ DATABASE_URL, PORT: ' ' }).http.port).toBe(3000);
  });

  it('gives a frozen configuration', () => {
    const config = loadConfig({ DATABASE_URL });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.keys.ring[0])).toBe(true);
  });
});

describe('Secrets', () => {
  it('are read as a ring, the encrypting key first', () => {
    const older = Buffer.alloc(32, 1).toString('base64');
    const { ring, lookupKey } = loadConfig({
      DATABASE_URL,
      HERALD_KEYS: `k2:${KEY},k1:${older}`,
      HERALD_LOOKUP_KEY: KEY,
    }).keys;
    expect(ring.map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(lookupKey).toEqual(Buffer.alloc(32, 7));
  });

  it('name the app where one is given', () => {
    const { appSecrets } = loadConfig({ DATABASE_URL, META_APP_SECRETS: '42:one, two' }).meta;
    expect(appSecrets).toEqual([{ appId: '42', secret: 'one' }, { secret: 'two' }]);
  });

  it('are never repeated in the message that refuses them', () => {
    const problems = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@host/x', HERALD_KEYS: 'k1:hunter2' });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('A wrong environment', () => {
  it('names every wrong variable at once', () => {
    const problems = problemsOf({ PORT: '70000', LOG_LEVEL: 'loud', HERALD_SANDBOX: 'perhaps' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'HERALD_SANDBOX',
      'PORT',
      'LOG_LEVEL',
    ]);
  });

  it.each([
    ['TEMPORAL_ADDRESS', 'http://127.0.0.1:7233'],
    ['GRAPH_API_URL', 'graph.facebook.com'],
    ['GRAPH_API_VERSION', '25'],
    ['HERALD_LOOKUP_KEY', 'c2hvcnQ='],
    ['HERALD_KEYS', `k1:${KEY},k1:${KEY}`],
    ['META_APP_SECRETS', '42:'],
    ['SUBSCRIBER_IDLE_DAYS', '0'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ DATABASE_URL, [name]: value })).toEqual([expect.stringContaining(name)]);
  });
});

describe('Production', () => {
  it('accepts secrets of its own', () => {
    expect(loadConfig(PRODUCTION).production).toBe(true);
  });

  it('refuses the sandbox and a Graph API without TLS', () => {
    expect(problemsOf({ ...PRODUCTION, HERALD_SANDBOX: '1', GRAPH_API_URL: 'http://127.0.0.1:4000' })).toEqual([
      'HERALD_SANDBOX must be 0 in production',
      'GRAPH_API_URL must be https:// in production',
    ]);
  });

  it('refuses crash points, as everything but the sandbox does', () => {
    const problem = 'HERALD_CRASH_DIR is for the sandbox only';
    expect(problemsOf({ ...PRODUCTION, HERALD_CRASH_DIR: '/tmp/crash' })).toEqual([problem]);
    expect(problemsOf({ DATABASE_URL, HERALD_CRASH_DIR: '/tmp/crash' })).toEqual([problem]);
    expect(problemsOf({ DATABASE_URL, HERALD_CRASH_DIR: '/tmp/crash', HERALD_SANDBOX: '1' })).toEqual([]);
  });

  it('refuses missing and default secrets', () => {
    const keys = 'development:aGVyYWxkLWRldmVsb3BtZW50LW9ubHktMzItYnl0ZXM=';
    const problems = problemsOf({ DATABASE_URL, NODE_ENV: 'production', HERALD_KEYS: keys });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'META_APP_SECRETS',
      'META_VERIFY_TOKEN',
      'HERALD_KEYS',
      'HERALD_LOOKUP_KEY',
    ]);
  });
});
