import { describe, expect, it } from '@jest/globals';
import { addressesOf, embeddedParts, neededPorts } from '../../src/cli/launcher/addresses';
import { childEnvironment } from '../../src/cli/launcher/child-environment';
import { dataDirectoryAt } from '../../src/cli/launcher/data-directory';
import { planSimulator } from '../../src/cli/launcher/part-plans';
import { ReservedPorts, USUAL_PORTS } from '../../src/cli/launcher/ports';
import { loadConfig } from '../../src/config/env';
import { loadLauncherEnvironment } from '../../src/config/launcher-environment';
import { InvalidEnvironmentError, type Environment } from '../../src/config/read-environment';

const SECRETS = {
  databasePassword: 'password',
  encryptionRing: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  lookupKey: Buffer.alloc(32, 2).toString('base64'),
  verifyToken: 'verify',
};
const APP = {
  id: '42',
  secret: 'app-secret',
  verifyToken: 'verify',
  webhookUrl: 'http://127.0.0.1:3000/webhooks/meta',
};

/** What API and worker would be configured with. */
function configOf(variables: Environment) {
  const environment = loadLauncherEnvironment(variables);
  const embedded = embeddedParts(environment);
  const addresses = addressesOf(environment, USUAL_PORTS, SECRETS.databasePassword);
  const app = embedded.simulator ? { app: APP } : {};
  return loadConfig(
    childEnvironment({ environment, embedded, addresses, ports: USUAL_PORTS, secrets: SECRETS, ...app }),
  );
}

describe('Whatever HOST says', () => {
  it('the simulator listens on this machine alone', () => {
    const environment = loadLauncherEnvironment({ HOST: '0.0.0.0' });
    const embedded = embeddedParts(environment);
    const addresses = addressesOf(environment, USUAL_PORTS, SECRETS.databasePassword);
    const facts = { environment, embedded, addresses, ports: USUAL_PORTS, secrets: SECRETS };
    const reserved = new ReservedPorts(USUAL_PORTS, new Map(), []);
    const plan = planSimulator({ directory: dataDirectoryAt('/nowhere'), facts, reserved }, 'http://127.0.0.1:4000');
    expect(plan.program.env).toMatchObject({ HOST: '127.0.0.1' });
  });
});

describe('With nothing set', () => {
  it('every part is embedded and gets its port', () => {
    expect(neededPorts(embeddedParts(loadLauncherEnvironment({}))).sort()).toEqual(Object.keys(USUAL_PORTS).sort());
  });

  it('API and worker meet the embedded parts, in the sandbox', () => {
    const config = configOf({});
    expect(config.database.ownerUrl).toBe('postgres://herald:password@127.0.0.1:55432/herald');
    expect(config.temporal.address).toBe('127.0.0.1:7233');
    expect(config.graph.baseUrl).toBe('http://127.0.0.1:4000');
    expect(config.meta).toEqual({ appSecrets: [{ appId: '42', secret: 'app-secret' }], verifyToken: 'verify' });
    expect([config.sandbox, config.rates.sendRateStart]).toEqual([true, 300]);
  });

  it('the sandbox can be turned off', () => {
    expect(configOf({ HERALD_SANDBOX: '0' }).sandbox).toBe(false);
  });
});

describe('A part whose address is set', () => {
  it('steps aside: Postgres', () => {
    const variables = { DATABASE_URL: 'postgres://owner:secret@db:5432/shop' };
    expect(neededPorts(embeddedParts(loadLauncherEnvironment(variables)))).not.toContain('postgres');
    expect(configOf(variables).database.ownerUrl).toBe(variables.DATABASE_URL);
  });

  it('steps aside: Temporal, whose UI is then where the environment says', () => {
    const variables = { TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_UI_URL: 'https://temporal.example.com' };
    expect(neededPorts(embeddedParts(loadLauncherEnvironment(variables)))).not.toContain('temporalUi');
    expect(configOf(variables).temporal).toMatchObject({ address: 'temporal:7233', uiUrl: variables.TEMPORAL_UI_URL });
  });

  it('steps aside: the simulator, and with it the sandbox', () => {
    const variables = { GRAPH_API_URL: 'https://graph.facebook.com', META_APP_SECRETS: '7:meta' };
    expect(neededPorts(embeddedParts(loadLauncherEnvironment(variables)))).not.toContain('simulator');
    const config = configOf(variables);
    expect([config.sandbox, config.rates.sendRateStart]).toEqual([false, 10]);
    expect(config.meta.appSecrets).toEqual([{ appId: '7', secret: 'meta' }]);
  });
});

describe('What the caller set', () => {
  it('wins over what the stack made up', () => {
    const lookupKey = Buffer.alloc(32, 9);
    expect(configOf({ HERALD_LOOKUP_KEY: lookupKey.toString('base64') }).keys.lookupKey).toEqual(lookupKey);
  });

  it('counts as absent when it is empty', () => {
    expect(configOf({ HERALD_LOOKUP_KEY: '' }).keys.lookupKey).toEqual(Buffer.alloc(32, 2));
  });

  it('is refused by name when it is wrong', () => {
    expect(() => loadLauncherEnvironment({ PORT: 'three' })).toThrow(InvalidEnvironmentError);
    expect(() => loadLauncherEnvironment({ PORT: 'three' })).toThrow('PORT must be a whole number');
  });
});
