import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';
import { looksPublic } from '../listener/public-routes.js';
import { accessibleFields } from './page-access.js';
import { appearance, oneTimeSecret, removalsLast } from './page-plugins.js';
import { PAGE_STYLE } from './page-style.js';

/** A request; `baseUrl` is the prefix that a proxy cut off its path, or empty. */
export interface Based {
  baseUrl: string;
}

/** Returns the document with another server for the public paths: the URL by which callers know the public listener. */
function withPublicServer(document: OpenAPIObject, url: string): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) =>
    looksPublic(path) ? [path, { ...item, servers: [{ url }] }] : [path, item],
  );
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}

/** Makes a function that sets the servers in the document, from which its readers and Swagger UI know where the paths begin. */
function serversFor(publicUrl: string | undefined) {
  return (request: unknown, _: unknown, document: OpenAPIObject): OpenAPIObject => {
    const { baseUrl } = request as Based;
    const based = baseUrl ? { ...document, servers: [{ url: baseUrl }] } : document;
    return publicUrl === undefined ? based : withPublicServer(based, publicUrl);
  };
}

/** The URLs of the document, as JSON and as YAML. */
export const DOCUMENT = { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' } as const;

/** Options of Swagger UI: every operation is ready to be tried, and everything that the page loads comes from its package. */
const SWAGGER_UI: SwaggerCustomOptions = {
  ...DOCUMENT,
  customSiteTitle: 'OAuth 2.0 client registry',
  customCss: PAGE_STYLE,
  swaggerOptions: {
    // Omits the vendor's top bar.
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

/**
 * Returns the options of Swagger UI.
 *
 * @param publicUrl URL by which callers know the public listener; `undefined` when there is none
 */
export function swaggerUi(publicUrl: string | undefined): SwaggerCustomOptions {
  return { ...SWAGGER_UI, patchDocumentOnRequest: serversFor(publicUrl) };
}
