import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { OAuthErrorResponse } from '../oauth-error/oauth-api.decorator.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { credentialsMissing, credentialsRefused, scopeMissing } from './access-errors.js';
import { documentedOperation } from './documented-operation.js';
import { tooManyRefused } from './refusals/refusals.js';
import type { Scope } from './scopes.js';

/** Metadata key of the scope that a route needs. */
export const REQUIRED_SCOPE = Symbol('RequiredScope');

/**
 * Declares and documents the scope that a route needs where `AccessGuard` guards it. Must stand above the decorator that documents the operation.
 *
 * @param refusals further errors of status 401, 403 and 429 that the route answers with
 */
export function Requires(scope: Scope, ...refusals: OAuthError[]): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIRED_SCOPE, scope),
    Describes(scope),
    OAuthErrorResponse(
      'The credentials are missing or not valid.',
      credentialsMissing(),
      credentialsRefused(),
      ...refusals.filter((refusal) => refusal.getStatus() === 401),
    ),
    OAuthErrorResponse(
      'The credentials do not allow this, or the request comes from a web page of another site.',
      scopeMissing(scope),
      ...refusals.filter((refusal) => refusal.getStatus() === 403),
      OAuthError.foreignPage(),
    ),
    OAuthErrorResponse(
      'Too much that is not valid came from one address.',
      tooManyRefused(60),
      ...refusals.filter((refusal) => refusal.getStatus() === 429),
    ),
  );
}

/** Adds the scope to the description of an operation. */
function Describes(scope: Scope): MethodDecorator {
  return (target, key, descriptor) => {
    const operation = documentedOperation(descriptor.value as object);
    if (!operation?.description) throw new Error(`Requires must stand above the documentation of ${String(key)}.`);
    const description = `${operation.description}\n\nWhere access is restricted, this needs the scope \`${scope}\`.`;
    ApiOperation({ ...operation, description })(target, key, descriptor);
  };
}
