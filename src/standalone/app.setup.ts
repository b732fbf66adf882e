import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { RequestHandler } from 'express';
import { Config } from './config/config.js';
import { DocsMount } from './docs/docs-mount.js';
import { SWAGGER_UI } from './docs/swagger-ui.js';
import { foreignRequest, type ListenerNames } from '../http/foreign-request.js';
import { readBytes } from '../http/read-bytes.js';

/** Options that the application must be created with: bodies reach the controllers as bytes. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Name of the token that a gateway may want. */
const GATEWAY = 'gateway';

/** Everything of the standalone service that is no module: listener rules, body limit, Swagger, shutdown. */
export function setUpApp(app: NestExpressApplication): NestExpressApplication {
  const { ADMIN_HOST: host, ADMIN_ALLOWED_HOSTS: allowedHosts } = app.get(Config);
  app.disable('x-powered-by').disable('etag').use(admission({ host, allowedHosts }));
  app.get(DocsMount).mount = () => SwaggerModule.setup('docs', app, () => apiDocument(app), SWAGGER_UI);
  return app.enableShutdownHooks([], { useProcessExit: true });
}

/** Turns foreign web pages away, and reads bodies as bytes: one layer, since Express walks each of them for each request. */
function admission(names: ListenerNames): RequestHandler {
  return (request, response, next) => {
    // Probes come by address, and tell nothing.
    const error = request.url.startsWith('/health/') ? undefined : foreignRequest(request, names);
    if (error || request.method === 'GET') next(error);
    else readBytes(request, response, next);
  };
}

/** The OpenAPI document, from the decorators of controllers and DTOs. */
export function apiDocument(app: NestExpressApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('OAuth 2.0 client registry')
    .setDescription(
      'Creates OAuth 2.0 clients, hands out their secrets once, and lets them be found, changed, rotated and removed. The wire contract is that of the Ory Hydra admin API.\n\nTo look around, execute **Create a client** as it stands: all operations below work on that client, `orders-web`, with the values that stand there.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('clients', 'Create, find, change and remove clients')
    .addTag('lifespans', 'How long the tokens of a client live')
    .addTag('secrets', 'Rotate, add and end the secrets of a client, one by one')
    .addTag('health', 'Probes: is the service up, and can it answer?')
    .addSecurity(GATEWAY, {
      type: 'http',
      scheme: 'bearer',
      description:
        'The registry itself asks for no credentials. If a gateway before it does, give its token here: it is sent along as `Authorization: Bearer …`, and remembered in this browser.',
    })
    // Either nothing or the token: it is optional.
    .addSecurityRequirements({})
    .addSecurityRequirements(GATEWAY)
    .build();
  return SwaggerModule.createDocument(app, config);
}
