import { applyDecorators } from '@nestjs/common';
import { IsIn, Matches, ValidateBy } from 'class-validator';
import { isTrustworthyUrl } from '../../../http/trustworthy-url.js';
import { List } from './variables.js';
import { WAYS } from './ways.js';

/** Reads a list of ways to authenticate, or `none` alone. */
export function AuthenticationWays(): PropertyDecorator {
  return applyDecorators(
    List(),
    IsIn([...WAYS, 'none'], { each: true, message: `must be ${WAYS.join(', ')}, or none` }),
    ValidateBy({
      name: 'noneAlone',
      validator: {
        validate: (list: unknown) => Array.isArray(list) && (list.length < 2 || !list.includes('none')),
        defaultMessage: () => 'must not have none beside others',
      },
    }),
  );
}

/** Accepts a key that nobody can guess, or nothing. It is sent in a header, so it has no spaces. */
export function StrongKey(): PropertyDecorator {
  return Matches(/^$|^[\x21-\x7e]{32,1024}$/, {
    message: 'must have 32 to 1024 printable ASCII characters and no spaces, such as openssl rand -base64 32 makes',
  });
}

/** Accepts the URL of an issuer of tokens, or nothing (RFC 8414 §2). */
export function IssuerUrl(): PropertyDecorator {
  return UrlToBelieve((text) => !text.includes('?'), ', without a user, a query or a fragment');
}

/** Accepts the URL of a JWK Set, or nothing. */
export function JwksUrl(): PropertyDecorator {
  return UrlToBelieve(() => true, ', without a user or a fragment');
}

function UrlToBelieve(isFurther: (text: string) => boolean, notation: string): PropertyDecorator {
  return ValidateBy({
    name: 'urlToBelieve',
    validator: {
      validate: (text: string) => text === '' || (isTrustworthyUrl(text) && isFurther(text)),
      defaultMessage: () => `must be an https URL, or an http URL of this machine${notation}`,
    },
  });
}

/** Accepts the name of a claim, or nothing. */
export function ClaimName(): PropertyDecorator {
  return Matches(/^[\x21-\x7e]{0,255}$/, {
    message: 'must be the name of a claim, of printable ASCII characters without spaces',
  });
}

/** Accepts the path of a file, or nothing. */
export function FilePath(): PropertyDecorator {
  return Matches(/^[^\0]*$/, { message: 'must be the path of a file' });
}
