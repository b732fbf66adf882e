/** The parts that a DataSource of a host needs, also when TypeORM's tools load it: this module loads no HTTP server. */
export * from './schema/client-registry.schema.js';
