/** With `TEST_ADMIN_AUTH=api-key`, every service of the tests wants this key, and every request of theirs has it. */
export const FULL_KEY = process.env.TEST_ADMIN_AUTH === 'api-key' ? 'a-key-of-the-tests-that-may-do-everything' : '';

/** Variables of a service that wants the key; none otherwise. */
export const KEY_VARIABLES = FULL_KEY ? { ADMIN_AUTH: 'api-key', ADMIN_API_KEY: FULL_KEY } : {};

/** Headers of a request that has the key; none otherwise. */
export const KEY_HEADERS = FULL_KEY ? { authorization: `Bearer ${FULL_KEY}` } : {};
