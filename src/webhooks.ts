/** Sends changes of clients to webhooks, for hosts that import this module beside `ClientsModule`. */
export { WebhooksModule } from './webhooks/webhooks.module.js';
export { WebhooksMount } from './webhooks/webhooks-mount.js';
export { WebhooksOptions, type WebhooksModuleOptions } from './webhooks/delivery/webhooks.options.js';
