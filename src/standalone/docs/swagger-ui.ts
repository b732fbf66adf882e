import type { SwaggerCustomOptions } from '@nestjs/swagger';

const STYLE = `
  /* A lock on each operation says that it is closed; the one beside Authorize is enough for a token that is optional. */
  .swagger-ui .authorization__btn,
  /* No answer has links, and a phone has no room for the column. */
  .swagger-ui .response-col_links { display: none }
  .swagger-ui .responses-inner { overflow-x: auto }
`;

/** Swagger UI as a workbench: each operation is ready to be tried. All that it loads comes from its package. */
export const SWAGGER_UI: SwaggerCustomOptions = {
  jsonDocumentUrl: 'openapi.json',
  yamlDocumentUrl: 'openapi.yaml',
  customSiteTitle: 'OAuth 2.0 client registry',
  // Without it, a phone shows the page as wide as a desk's.
  customJsStr:
    "document.head.append(Object.assign(document.createElement('meta'), { name: 'viewport', content: 'width=device-width, initial-scale=1' }));",
  customCss: STYLE,
  swaggerOptions: {
    // The default asks a service on the internet whether the document is valid.
    validatorUrl: null,
    persistAuthorization: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
  },
};
