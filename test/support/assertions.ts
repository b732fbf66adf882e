import { randomUUID } from 'node:crypto';
import { now, signedBy, type SigningKey } from './tokens.js';

/** The authorization server that the assertions of the tests are for. */
export const ISSUER = 'https://as.example';

/** The claims of an assertion that authenticates a client, but for the changes. */
export function assertionClaims(client: string, changes: object = {}): object {
  const iat = now();
  return { iss: client, sub: client, aud: ISSUER, jti: randomUUID(), iat, exp: iat + 300, ...changes };
}

/** An assertion of a client. */
export function assertionOf(client: string, key: SigningKey, changes?: object, head: object = {}): string {
  return signedBy(key, assertionClaims(client, changes), { typ: 'JWT', ...head });
}
