import { applyDecorators } from '@nestjs/common';
import { IsIn, Matches, ValidateBy } from 'class-validator';
import { List } from './variables.js';

/** Ways of callers to show who they are. */
const WAYS = ['api-key'];

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

/** Accepts a key that nobody guesses, or nothing. It is sent in a header, so it has no spaces. */
export function StrongKey(): PropertyDecorator {
  return Matches(/^$|^[\x21-\x7e]{32,1024}$/, {
    message: 'must have 32 to 1024 printable ASCII characters and no spaces, such as openssl rand -base64 32 makes',
  });
}
