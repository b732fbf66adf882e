import { Injectable, type CanActivate } from '@nestjs/common';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { Config } from '../config/config.js';

/** Lets Swagger UI be served if the setting `DOCS` is true. */
@Injectable()
export class DocsSwitch implements CanActivate {
  constructor(private readonly config: Config) {}

  /** @throws OAuthError 404 when Swagger UI is switched off */
  canActivate(): true {
    if (this.config.DOCS) return true;
    throw OAuthError.notFound(
      'Swagger UI is switched off here: DOCS is false. The OpenAPI document is at /openapi.json.',
    );
  }
}
