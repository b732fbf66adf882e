export { ClientsModule } from './clients/clients.module.js';
export type { ClientsModuleOptions } from './clients/clients.options.js';
export { ClientsService, type ClientAnswer } from './clients/clients.service.js';
export { Client } from './clients/client.entity.js';
export { lifespanSeconds, parseLifespan } from './clients/lifespan.js';
export { clientRegistryEntities, clientRegistryMigrations } from './database/client-registry.schema.js';
export { OAuthError, type Fault } from './oauth-error/oauth-error.js';
export { SecretsService } from './secrets/secrets.service.js';
