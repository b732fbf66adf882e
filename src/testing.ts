/** For a host's own tests: the registry in memory. */
export * from './testing/test-registry.js';
