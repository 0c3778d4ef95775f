import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/env';
import { InvalidEnvironmentError, type Environment } from '../../src/config/read-environment';
import { VARIABLES } from '../../src/config/variables';

const OWN_KEY = Buffer.alloc(32, 7).toString('base64');
const DEFAULT_KEY = VARIABLES.lookupKey.default;
const SAFE: Environment = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://herald:secret@127.0.0.1:5432/herald',
  HERALD_KEYS: `k1:${OWN_KEY}`,
  HERALD_LOOKUP_KEY: OWN_KEY,
  META_APP_SECRETS: '42:app-secret',
  META_VERIFY_TOKEN: 'own-token',
};

function refusedVariables(environment: Environment): (string | undefined)[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems.map((problem) => problem.split(' ')[0]);
    throw error;
  }
}

describe('Production mode', () => {
  it('starts with settings that are safe', () => {
    expect(refusedVariables(SAFE)).toEqual([]);
  });

  it.each([
    ['the sandbox', 'HERALD_SANDBOX', '1'],
    ['the sandbox by another word', 'HERALD_SANDBOX', 'true'],
    ['a Graph API without TLS', 'GRAPH_API_URL', 'http://graph.facebook.com'],
    ['crash points', 'HERALD_CRASH_DIR', '/tmp/herald-crash'],
    ['no database', 'DATABASE_URL', ''],
    ['no encryption key', 'HERALD_KEYS', ''],
    ['no look-up key', 'HERALD_LOOKUP_KEY', ''],
    ['no app secret', 'META_APP_SECRETS', ' '],
    ['no verify token', 'META_VERIFY_TOKEN', ''],
    ['the default encryption key', 'HERALD_KEYS', VARIABLES.keys.default],
    ['the default encryption key under another id', 'HERALD_KEYS', `k1:${DEFAULT_KEY}`],
    ['the default encryption key behind another', 'HERALD_KEYS', `k1:${OWN_KEY},old:${DEFAULT_KEY}`],
    ['the default look-up key', 'HERALD_LOOKUP_KEY', DEFAULT_KEY],
    ['the default look-up key without its padding', 'HERALD_LOOKUP_KEY', DEFAULT_KEY.replaceAll('=', '')],
    ['the default app secret', 'META_APP_SECRETS', VARIABLES.metaAppSecrets.default],
    ['the default app secret beside another', 'META_APP_SECRETS', `42:own,43:${VARIABLES.metaAppSecrets.default}`],
    ['the default verify token', 'META_VERIFY_TOKEN', VARIABLES.metaVerifyToken.default],
  ])('refuses %s', (_what, name, value) => {
    expect(refusedVariables({ ...SAFE, [name]: value })).toEqual([name]);
  });
});
