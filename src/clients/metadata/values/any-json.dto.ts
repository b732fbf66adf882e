import { SchemaWith } from './schema-with.js';

/** Any JSON value. Its schema has the name of the contract, and no `type`: every type is allowed, and so is `null`. */
@SchemaWith({ name: 'JSONRawMessage', description: 'Any JSON value.', type: undefined, properties: undefined })
export class AnyJson {}
