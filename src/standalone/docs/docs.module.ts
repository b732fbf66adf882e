import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocsMount } from './docs-mount.js';
import { DocsSwitch } from './docs-switch.js';

/** Provides Swagger UI and the OpenAPI document. */
@Module({ controllers: [DocsController], providers: [DocsMount, DocsSwitch], exports: [DocsMount] })
export class DocsModule {}
