import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';

/** A request with the prefix that a proxy cut off its path, or an empty text. */
export interface Based {
  baseUrl: string;
}

const STYLE = `
  /* A lock on every operation suggests that it is protected; for an optional token, the one beside Authorize is enough. */
  .swagger-ui .authorization__btn,
  /* No response has OpenAPI links, and a phone has no room for their column. */
  .swagger-ui .response-col_links { display: none }
  .swagger-ui .responses-inner { overflow-x: auto }
`;

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
  // Without a viewport, a phone lays the page out as wide as on a desktop.
  customJsStr:
    "document.head.append(Object.assign(document.createElement('meta'), { name: 'viewport', content: 'width=device-width, initial-scale=1' }));",
  customCss: STYLE,
  swaggerOptions: {
    // By default the page sends the document to a validator on the internet.
    validatorUrl: null,
    persistAuthorization: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
  },
};
