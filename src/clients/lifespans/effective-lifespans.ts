import { fieldsOf } from '../../fields/field.js';
import { lifespanSeconds } from '../../fields/lifespan.js';
import { TokenLifespans } from '../metadata/members/token-lifespans.js';
import type { EffectiveLifespan } from './effective-lifespan.dto.js';
import type { LifespanOptions } from './lifespan.options.js';

/** A kind of token, by its name in a token response: `access_token`, `id_token` or `refresh_token`. */
export type TokenKind = {
  [Member in keyof TokenLifespans]: Member extends `${string}_grant_${infer Kind}_lifespan` ? Kind : never;
}[keyof TokenLifespans];

/**
 * How long the tokens of a client live: by the `grant_type` that issues them (RFC 6749 §4; `implicit` for the implicit grant, as in
 * `grant_types`), and by their kind.
 */
export type EffectiveLifespans = Record<string, Partial<Record<TokenKind, EffectiveLifespan>>>;

/** The lifespans of tokens for which the client sets none, by kind of token. */
export type DefaultLifespans = Record<TokenKind, EffectiveLifespan>;

/** Values of `grant_type` that members of {@link TokenLifespans} abbreviate (RFC 7523 §2.1, RFC 8628 §3.4). */
const GRANT_TYPES: Readonly<Record<string, string>> = {
  jwt_bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  device_authorization: 'urn:ietf:params:oauth:grant-type:device_code',
};

/** The grant type and the kind of token of each member of {@link TokenLifespans}. */
const MEMBERS = fieldsOf(TokenLifespans).map(({ name }) => {
  const [, grant = '', kind = ''] = /^(.+)_grant_(.+)_lifespan$/.exec(name) ?? [];
  return { name: name as keyof TokenLifespans, grantType: GRANT_TYPES[grant] ?? grant, kind: kind as TokenKind };
});

/** Converts the options to the defaults that {@link effectiveLifespans} takes. */
export function defaultLifespans({ accessToken, idToken, refreshToken }: LifespanOptions): DefaultLifespans {
  return {
    access_token: lasting(accessToken, 'default'),
    id_token: lasting(idToken, 'default'),
    refresh_token: lasting(refreshToken, 'default'),
  };
}

/**
 * Returns how long the tokens of a client live once the defaults are applied: each of the thirteen lifespans, even for grants that the
 * client does not use.
 *
 * @param lifespans the lifespans of the client; one that is `null` or missing is unset
 * @param defaults the lifespans to use where the client's are unset
 * @throws RangeError when a text is not a lifespan
 */
export function effectiveLifespans(lifespans: Partial<TokenLifespans>, defaults: DefaultLifespans): EffectiveLifespans {
  const effective: EffectiveLifespans = {};
  for (const { name, grantType, kind } of MEMBERS) {
    const own = lifespans[name];
    (effective[grantType] ??= {})[kind] = own ? lasting(own, 'client') : defaults[kind];
  }
  return effective;
}

/** Returns a lifespan in whole seconds, since `expires_in` has no fractions; rounded down, so that no token outlives its lifespan. */
function lasting(text: string, source: EffectiveLifespan['source']): EffectiveLifespan {
  const seconds = lifespanSeconds(text);
  return seconds > Number.MAX_SAFE_INTEGER
    ? { seconds: Number.MAX_SAFE_INTEGER, source, clamped: true }
    : { seconds: Number(seconds), source };
}
