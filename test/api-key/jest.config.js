import base from '../../jest.config.js';

// Before `full-key.mjs` is read, and for the workers, which inherit it.
process.env.TEST_ADMIN_AUTH = 'api-key';

/** The suites that ask over HTTP, with services that want a key, and requests that have it. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['**/test/*.e2e-spec.ts'],
  testPathIgnorePatterns: [...base.testPathIgnorePatterns, '/access.e2e-spec.ts'],
};
