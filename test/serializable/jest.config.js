import base from '../../jest.config.js';

/**
 * The suites in which the registry's statements meet, on a server whose transactions are serialisable. A host's own transactions
 * are not among them: those that lose a race there are the host's to try again.
 */
export default {
  ...base,
  rootDir: '../..',
  globalSetup: '<rootDir>/test/serializable/global-setup.mjs',
  testPathIgnorePatterns: [],
  testMatch: ['**/test/{concurrent-writers,list-stability,secrets-lifecycle,stress}.e2e-spec.ts'],
};
