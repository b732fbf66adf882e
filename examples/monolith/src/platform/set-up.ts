import { ValidationPipe, VersioningType, type INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { readRegistryBodiesRaw } from 'oauth2-client-registry';
import { EnvelopeFilter } from './envelope.filter.js';

/** Sets up everything that is global in the shop. None of it changes the responses of the registry. */
export function setUp(app: INestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  app.useGlobalFilters(new EnvelopeFilter(app.get(HttpAdapterHost)));
  readRegistryBodiesRaw(app);
  app.enableShutdownHooks([], { useProcessExit: true });
  const config = new DocumentBuilder().setTitle('Shop').setVersion('1').addBearerAuth().build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'api/docs.json',
  });
}
