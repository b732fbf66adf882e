import base from '../../jest.config.js';

/** Every kind of statement and of transaction on PostgreSQL behind PgBouncer in transaction mode. */
export default {
  ...base,
  rootDir: '../..',
  globalSetup: '<rootDir>/test/pgbouncer/global-setup.mjs',
  globalTeardown: '<rootDir>/test/pgbouncer/global-teardown.mjs',
  testPathIgnorePatterns: [],
  testMatch: [
    '**/test/pgbouncer/*.e2e-spec.ts',
    '**/test/{concurrent-writers,host-transactions,list-filters,migrations,secrets-routes}.e2e-spec.ts',
  ],
};
