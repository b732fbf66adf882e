import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { defaultLifespans, effectiveLifespans } from '../src/clients/lifespans/effective-lifespans.js';
import { LifespanOptions } from '../src/clients/lifespans/lifespan.options.js';
import { TokenLifespans } from '../src/clients/metadata/members/token-lifespans.js';
import { fieldsOf } from '../src/fields/field.js';

const DEFAULTS = defaultLifespans(new LifespanOptions());
const MOST = 9_007_199_254_740_991;

/** All lifespans as `grant_type token seconds source`. */
function linesOf(lifespans: Partial<TokenLifespans>, defaults = DEFAULTS): string[] {
  return Object.entries(effectiveLifespans(lifespans, defaults)).flatMap(([grantType, tokens]) =>
    Object.entries(tokens).map(([kind, { seconds, source }]) => `${grantType} ${kind} ${seconds} ${source}`),
  );
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Where each member goes. */
const PLACES: [member: keyof TokenLifespans, grantType: string, kind: string, seconds: number][] = [
  ['authorization_code_grant_access_token_lifespan', 'authorization_code', 'access_token', 3600],
  ['authorization_code_grant_id_token_lifespan', 'authorization_code', 'id_token', 3600],
  ['authorization_code_grant_refresh_token_lifespan', 'authorization_code', 'refresh_token', 2_592_000],
  ['client_credentials_grant_access_token_lifespan', 'client_credentials', 'access_token', 3600],
  ['implicit_grant_access_token_lifespan', 'implicit', 'access_token', 3600],
  ['implicit_grant_id_token_lifespan', 'implicit', 'id_token', 3600],
  ['jwt_bearer_grant_access_token_lifespan', JWT_BEARER, 'access_token', 3600],
  ['refresh_token_grant_id_token_lifespan', 'refresh_token', 'id_token', 3600],
  ['refresh_token_grant_access_token_lifespan', 'refresh_token', 'access_token', 3600],
  ['refresh_token_grant_refresh_token_lifespan', 'refresh_token', 'refresh_token', 2_592_000],
  ['device_authorization_grant_id_token_lifespan', DEVICE_CODE, 'id_token', 3600],
  ['device_authorization_grant_access_token_lifespan', DEVICE_CODE, 'access_token', 3600],
  ['device_authorization_grant_refresh_token_lifespan', DEVICE_CODE, 'refresh_token', 2_592_000],
];

describe('the effective lifespans', () => {
  it('are the defaults, for each grant and token, where the client has none', () => {
    expect(PLACES.map(([member]) => member)).toEqual(fieldsOf(TokenLifespans).map(({ name }) => name));
    const expected = PLACES.map(([, grantType, kind, seconds]) => `${grantType} ${kind} ${seconds} default`);
    for (const unset of [new TokenLifespans(), {}]) expect(linesOf(unset).toSorted()).toEqual(expected.toSorted());
  });

  it.each(PLACES)('take %s of the client for that grant and token, and for no other', (member, grantType, kind) => {
    const before = linesOf({});
    const changed = linesOf({ ...new TokenLifespans(), [member]: '7s' }).filter((line) => !before.includes(line));
    expect(changed).toEqual([`${grantType} ${kind} 7 client`]);
  });

  it.each([
    [{ seconds: 5400 }, '1h30m'],
    [{ seconds: 1 }, '1.9s'],
    [{ seconds: 3599 }, '59m59s999ms999us999ns'],
    [{ seconds: 0 }, '999ms'],
    [{ seconds: 0 }, '0s'],
    [{ seconds: MOST }, '9007199254740991.999999999s'],
    [{ seconds: MOST, clamped: true }, '9007199254740992s'],
    [{ seconds: MOST, clamped: true }, '9'.repeat(1023) + 'h'],
  ])('are %j, rounded down and clamped, of a client or by default', (seconds, text) => {
    const lasting = (source: string) => ({ ...seconds, source });
    const own = effectiveLifespans({ client_credentials_grant_access_token_lifespan: text }, DEFAULTS);
    expect(own['client_credentials']).toEqual({ access_token: lasting('client') });
    const defaults = defaultLifespans({ ...new LifespanOptions(), refreshToken: text });
    const { access_token: access, refresh_token: refresh } = effectiveLifespans({}, defaults)['refresh_token'] ?? {};
    expect([access, refresh]).toEqual([{ seconds: 3600, source: 'default' }, lasting('default')]);
  });
});
