import base from '../../jest.config.js';
import { SUITES } from './suites.mjs';

// Before `full-key.mjs` is read, and for the workers, which inherit it.
process.env.TEST_ADMIN_AUTH = 'api-key';

/** The suites that ask over HTTP, with services and hosts that want a key, and requests that have it. */
export default { ...base, rootDir: '../..', testMatch: SUITES.map((name) => `**/test/${name}`) };
