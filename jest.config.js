const shared = {
  transform: { '^.+\\.[jt]s$': ['@swc/jest'] },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs/|cookie/|content-disposition/))'],
  setupFiles: ['reflect-metadata'],
  testEnvironment: 'node',
};
const needsServers = {
  ...shared,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

/** One project per kind of need: unit specs start no server, the others of a run share one Postgres and one Temporal. */
module.exports = {
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/slow-specs-first.js',
  // Waits end by their effect; this only ends a test that hangs, also on a busy machine.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.unit.spec.ts', '<rootDir>/test/**/*.replay.spec.ts'],
    },
    {
      ...needsServers,
      displayName: 'servers',
      testMatch: ['<rootDir>/test/**/*.{int,workflow,e2e}.spec.ts'],
    },
    // What takes longer than CI may: `npm run test:long`.
    {
      ...needsServers,
      displayName: 'long',
      testMatch: ['<rootDir>/test/**/*.long.spec.ts'],
    },
    // Saves histories for replay anew: docs/testing.md.
    {
      ...needsServers,
      displayName: 'record',
      testMatch: ['<rootDir>/test/replay/recording/*.record.spec.ts'],
    },
  ],
};
