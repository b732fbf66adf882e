import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { RequestHandler } from 'express';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Config } from '../config/config.js';
import { DocsSwitch } from './docs-switch.js';
import { DOCUMENT, swaggerUi } from './swagger-ui.js';

const DOCS = '/docs';

/** Paths that people open: Swagger UI, and the root, which redirects to it. */
export const PAGES = ['/', DOCS, `${DOCS}/`];

/** Pages can only be read: every other method is 405 (RFC 9110 §15.5.6). */
const readOnly: RequestHandler = ({ method }, _, next) => {
  if (method === 'GET' || method === 'HEAD') next();
  else throw OAuthError.methodNotAllowed(['GET', 'HEAD']);
};

/**
 * Adds Swagger UI and the OpenAPI document to the application. With `DOCS=false` the paths of Swagger UI are 404.
 *
 * @param document makes the document; called when somebody first asks for it
 */
export function mountPages(app: NestExpressApplication, document: () => OpenAPIObject): void {
  const { jsonDocumentUrl, yamlDocumentUrl } = DOCUMENT;
  const docs = app.get(DocsSwitch);
  const { publicPort, PUBLIC_URL } = app.get(Config);
  app.use(DOCS, (_request: unknown, _response: unknown, next: () => void) => {
    docs.canActivate();
    next();
  });
  app.use([DOCS, `/${jsonDocumentUrl}`, `/${yamlDocumentUrl}`], readOnly);
  SwaggerModule.setup(DOCS, app, document, swaggerUi(publicPort === undefined ? undefined : PUBLIC_URL));
}
