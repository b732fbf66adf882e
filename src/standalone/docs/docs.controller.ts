import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';

/** Redirects a browser from the root of the listener to Swagger UI. */
@ApiExcludeController()
@Controller()
@MethodNotAllowed()
export class DocsController {
  @Get()
  @Redirect('/docs')
  home(): void {}
}
