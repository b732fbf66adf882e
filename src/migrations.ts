/** What a host's DataSource needs of the registry, for its own tools too: nothing here loads HTTP code. */
export * from './schema/client-registry.schema.js';
