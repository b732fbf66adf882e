import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Config } from './config/config.js';
import { VERSION } from './config/version.js';
import { DocsMount } from './docs/docs-mount.js';
import { mountPages, PAGES } from './docs/docs-pages.js';
import { withPageHeaders } from './docs/page-headers.js';
import { addressesIn } from './config/values/proxies.js';
import { adminCallers, admission } from './listener/admission.js';
import { PublicListener } from './listener/public-listener.js';
import { MetricsListener } from './metrics/metrics-listener.js';

/** Options that the application must be created with. Without Nest's body parser, bodies reach the controllers as bytes. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Names of the OpenAPI security schemes: of the admin API, and of clients that have registered themselves. */
const BEARER = 'bearer';
const REGISTRATION = 'registration';

/** Sets up what the modules do not: rules of the listener, body limit, Swagger UI. */
export function setUpApp(app: NestExpressApplication): NestExpressApplication {
  const config = app.get(Config);
  const admin = admission(app.getHttpServer(), adminCallers(config, PAGES));
  const doors = app.get(PublicListener);
  app
    .disable('x-powered-by')
    .disable('etag')
    // The proxies whose X-Forwarded-For sets `request.ip`, which only public routes read.
    .set('trust proxy', addressesIn(config.PUBLIC_TRUSTED_PROXIES))
    .use(withPageHeaders(doors.admission(app.get(MetricsListener).admission(admin)), doors.originsOfUrl));
  if (doors.cors) app.enableCors(doors.cors);
  app.get(DocsMount).mount = () => mountPages(app, () => apiDocument(app));
  return app;
}

/** The OpenAPI document, made from the decorators of controllers and DTOs. */
export function apiDocument(app: NestExpressApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('OAuth 2.0 client registry')
    .setDescription(
      'Creates OAuth 2.0 clients, shows their secrets once, and lets you find, change, rotate and remove them. The wire contract is that of the Ory Hydra admin API.\n\nTo explore it, execute **Create a client** without changes: all operations below then work on that client, `orders-web`, with the values already filled in.',
    )
    // OpenAPI 3.0.3 makes clear that a schema without a type allows null.
    .setOpenAPIVersion('3.0.3')
    .setVersion(VERSION)
    .addServer('/')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag(
      'clients',
      'Create, find, change and remove clients; set the lifespans of their tokens; rotate, add and revoke their secrets; show what they were, and bring it back',
    )
    .addTag('authentication', 'Ask, as an authorization server, whether a client is who it says')
    .addTag('keys', 'Make, list and revoke API keys, by which callers of the admin API show who they are')
    .addTag(
      'registration',
      'Let clients register and manage themselves: at the public listener, where `REGISTRATION` lets them; make, list and revoke the tokens that they need for it',
    )
    .addTag('webhooks', 'Send changes of clients to other systems, and see what they have not taken')
    .addTag('health', 'Check whether the service is up, and whether it can answer')
    .addTag('metrics', 'See what the service answers, and how long that takes, in Prometheus')
    .addSecurity(BEARER, {
      type: 'http',
      scheme: 'bearer',
      description:
        'An API key or an access token, or the token of a gateway in front of the registry: requests send it as `Authorization: Bearer …`. It is forgotten when the page is closed. With `ADMIN_AUTH=none` the registry requires none.',
    })
    .addSecurity(REGISTRATION, {
      type: 'http',
      scheme: 'bearer',
      description: 'The registration access token of the client, which the answer to its registration shows.',
    })
    // Two alternatives, no credentials or the bearer token: the token is optional.
    .addSecurityRequirements({})
    .addSecurityRequirements(BEARER)
    .build();
  return SwaggerModule.createDocument(app, config);
}
