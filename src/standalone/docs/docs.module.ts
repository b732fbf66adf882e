import { Module } from '@nestjs/common';
import { MethodNotAllowedModule } from '../../oauth-error/method-not-allowed.module.js';
import { DocsController } from './docs.controller.js';
import { DocsMount } from './docs-mount.js';
import { DocsSwitch } from './docs-switch.js';

/** Provides Swagger UI and the OpenAPI document. */
@Module({
  imports: [MethodNotAllowedModule],
  controllers: [DocsController],
  providers: [DocsMount, DocsSwitch],
  exports: [DocsMount],
})
export class DocsModule {}
