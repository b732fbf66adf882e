import type { SwaggerCustomOptions } from '@nestjs/swagger';

/** Swagger UI as a workbench: each operation is ready to be tried. All that it loads comes from its package. */
export const SWAGGER_UI: SwaggerCustomOptions = {
  jsonDocumentUrl: 'openapi.json',
  yamlDocumentUrl: 'openapi.yaml',
  customSiteTitle: 'OAuth 2.0 client registry',
  swaggerOptions: {
    // The default asks a service on the internet whether the document is valid.
    validatorUrl: null,
    persistAuthorization: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    deepLinking: true,
  },
};
