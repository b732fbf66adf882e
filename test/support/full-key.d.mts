/** With `TEST_ADMIN_AUTH=api-key`, every service of the tests wants this key, and every request of theirs has it. */
export const FULL_KEY: string;

/** Variables of a service that wants the key; none otherwise. */
export const KEY_VARIABLES: Record<string, string>;

/** Headers of a request that has the key; none otherwise. */
export const KEY_HEADERS: Record<string, string>;
