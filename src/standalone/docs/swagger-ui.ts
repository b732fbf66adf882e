import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';
import { accessibleFields } from './page-access.js';
import { appearance, oneTimeSecret, removalsLast } from './page-plugins.js';
import { PAGE_STYLE } from './page-style.js';

/** A request with the prefix that a proxy cut off its path, or an empty text. */
export interface Based {
  baseUrl: string;
}

/** Tells callers of the document, and Swagger UI, where the paths begin. */
function withServer(request: unknown, _: unknown, document: OpenAPIObject): OpenAPIObject {
  const { baseUrl } = request as Based;
  return baseUrl ? { ...document, servers: [{ url: baseUrl }] } : document;
}

/** Options of Swagger UI: every operation is ready to be tried, and everything that the page loads comes from its package. */
export const SWAGGER_UI: SwaggerCustomOptions = {
  jsonDocumentUrl: 'openapi.json',
  yamlDocumentUrl: 'openapi.yaml',
  patchDocumentOnRequest: withServer,
  customSiteTitle: 'OAuth 2.0 client registry',
  customCss: PAGE_STYLE,
  swaggerOptions: {
    // Without the bar of its vendor.
    layout: 'BaseLayout',
    plugins: [appearance, accessibleFields, oneTimeSecret],
    operationsSorter: removalsLast,
    // By default the page sends the document to a validator on the internet.
    validatorUrl: null,
    // A credential must not stay in the browser's storage.
    persistAuthorization: false,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
  },
};
