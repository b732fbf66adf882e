import base from '../../jest.config.js';

/** The suites on PostgreSQL behind PgBouncer in transaction mode. */
export default {
  ...base,
  rootDir: '../..',
  globalSetup: '<rootDir>/test/pgbouncer/global-setup.mjs',
  globalTeardown: '<rootDir>/test/pgbouncer/global-teardown.mjs',
  testPathIgnorePatterns: [],
};
