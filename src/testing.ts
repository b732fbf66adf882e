/** A registry in memory, for the tests of a host. */
export * from './testing/test-registry.js';
