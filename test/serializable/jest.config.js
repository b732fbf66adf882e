import base from '../../jest.config.js';

/** The suites in which transactions meet, on a server whose transactions are serialisable. */
export default {
  ...base,
  rootDir: '../..',
  globalSetup: '<rootDir>/test/serializable/global-setup.mjs',
  testPathIgnorePatterns: [],
  testMatch: ['**/test/{concurrent-writers,host-transactions,stress}.e2e-spec.ts'],
};
