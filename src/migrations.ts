/** What the DataSource of a host needs. TypeORM's tools can load this module, too: it loads no HTTP server. */
export * from './schema/client-registry.schema.js';
