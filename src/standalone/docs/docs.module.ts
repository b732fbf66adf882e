import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocsMount } from './docs-mount.js';

/** Provides Swagger UI and the OpenAPI document. */
@Module({ controllers: [DocsController], providers: [DocsMount], exports: [DocsMount] })
export class DocsModule {}
