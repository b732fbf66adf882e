import base from '../../jest.config.js';

// Before `full-key.mjs` is read, and for the workers, which inherit it.
process.env.TEST_ADMIN_AUTH = 'api-key';

/**
 * The suites that ask over HTTP, with services that want a key, and requests that have it. Suites that name the ways in themselves, or
 * send their requests by other means than the helpers, are not among them.
 */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['**/test/*.e2e-spec.ts'],
  testPathIgnorePatterns: [
    ...base.testPathIgnorePatterns,
    '/(access|api-keys|cli-clients|cli-keys|error-answers|generated-client|jwt|jwt-keys|mtls|shutdown|start|transport).e2e-spec.ts',
  ],
};
