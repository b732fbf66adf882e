/** An in-memory registry, for the tests of a host. */
export * from './testing/test-registry.js';
