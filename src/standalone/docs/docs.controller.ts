import { Controller, Get, Redirect, Req, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { MethodNotAllowed } from '../../oauth-error/method-not-allowed.js';
import { DocsSwitch } from './docs-switch.js';
import type { Based } from './swagger-ui.js';

/** Redirects a browser from the root of the listener to Swagger UI. */
@ApiExcludeController()
@Controller()
@MethodNotAllowed()
@UseGuards(DocsSwitch)
export class DocsController {
  @Get()
  @Redirect()
  home(@Req() { baseUrl }: Based): { url: string } {
    return { url: `${baseUrl}/docs` };
  }
}
