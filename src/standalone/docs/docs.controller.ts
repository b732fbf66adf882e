import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';

/** Leads whoever opens the listener in a browser to its pages. */
@ApiExcludeController()
@Controller()
@MethodNotAllowed()
export class DocsController {
  @Get()
  @Redirect('/docs')
  home(): void {}
}
