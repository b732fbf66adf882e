import { Module } from '@nestjs/common';
import { DocsMount } from './docs-mount.js';

/** Swagger UI and the OpenAPI document. */
@Module({ providers: [DocsMount], exports: [DocsMount] })
export class DocsModule {}
