import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SignJWT } from 'jose';
import { KeySetOptions } from '../src/authentication/keys/key-set.options.js';
import { ClientKeySets } from '../src/authentication/keys/client-key-sets.js';
import { OAuthError } from '../src/oauth-error/oauth-error.js';
import type { StatementIssuer } from '../src/registration/policy/statement-issuer.js';
import { SoftwareStatements } from '../src/registration/statements/software-statements.js';
import { stopDate } from './support/clock.js';
import { startOutside } from './support/tls.js';
import { encoded, keyFor, now, published, signedBy } from './support/tokens.js';
import { use } from './support/use.js';

Logger.overrideLogger(false);

const KEY = keyFor('ES256', 'vendor');
const OTHER = keyFor('ES256', 'vendor');
const VENDOR = 'https://vendor.example';
const BY_KEYS: StatementIssuer = { issuer: VENDOR, jwks: { keys: [published(KEY)] } };

const claimsOf = (changes: object = {}) => ({
  iss: VENDOR,
  iat: now(),
  software_id: 'shop',
  client_name: 'Shop',
  ...changes,
});
const statementOf = (changes?: object, head?: object, key = KEY) =>
  signedBy(key, claimsOf(changes), { typ: 'JWT', ...head });

const statements = new SoftwareStatements(new ClientKeySets(new KeySetOptions()));
/** The members that a body with a statement stands for, or the error that refuses it. */
async function read(
  software_statement: unknown,
  {
    body = {},
    issuers = [BY_KEYS],
    before,
    by = statements,
  }: { body?: object; issuers?: StatementIssuer[]; before?: string; by?: SoftwareStatements } = {},
): Promise<object> {
  const presented = await by.read({ ...body, software_statement }, issuers);
  try {
    return presented.membersFor(before === undefined ? undefined : { software_statement: before });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return error.getResponse() as object;
  }
}

beforeEach(stopDate);
afterEach(() => void jest.useRealTimers());

describe('a software statement', () => {
  it('says who the software is, whatever the body says, and comes back unchanged', async () => {
    const statement = statementOf({
      redirect_uris: ['https://app.example.com/cb'],
      'policy_uri#de': 'https://vendor.example/de',
    });
    const body = {
      client_name: 'Bank',
      'client_name#de': 'Bank',
      redirect_uris: ['https://evil.example/cb'],
      policy_uri: 'https://evil.example/',
      scope: 'openid',
    };
    expect(await read(statement, { body })).toEqual({
      scope: 'openid',
      software_statement: statement,
      software_id: 'shop',
      client_name: 'Shop',
      redirect_uris: ['https://app.example.com/cb'],
      'policy_uri#de': 'https://vendor.example/de',
    });
  });

  it('as jose makes it counts', async () => {
    const statement = await new SignJWT({ client_name: 'Shop' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(VENDOR)
      .setExpirationTime('1h')
      .sign(KEY.privateKey);
    expect(await read(statement)).toMatchObject({ client_name: 'Shop' });
  });

  it('says nothing by null, by claims of tokens, and by claims that are no members', async () => {
    const statement = statementOf({
      scope: null,
      sub: 'x',
      jti: 'y',
      client_id: 'z',
      client_secret: 'secret',
      org_name: 'o',
    });
    expect(await read(statement, { body: { scope: 'a' } })).toEqual({
      scope: 'a',
      software_statement: statement,
      software_id: 'shop',
      client_name: 'Shop',
    });
  });

  it.each<[what: string, statement: () => unknown, error: string, description: RegExp]>([
    [
      'without a signature',
      () => `${encoded({ alg: 'none' })}.${encoded(claimsOf())}.`,
      'invalid',
      /must be signed with one of RS256/,
    ],
    ['of a shared key', () => statementOf({}, { alg: 'HS256' }), 'invalid', /must be signed with one of RS256/],
    ['of another key', () => statementOf({}, {}, OTHER), 'invalid', /must be signed with a key of its issuer/],
    ['that was changed', () => statementOf().replace(/\.\w/, '.f'), 'invalid', /must be/],
    [
      'of another issuer',
      () => statementOf({ iss: 'https://other.example' }),
      'unapproved',
      /must be of an issuer that vouches/,
    ],
    [
      'of an issuer but for a slash',
      () => statementOf({ iss: `${VENDOR}/` }),
      'unapproved',
      /must be of an issuer that vouches/,
    ],
    ['of nobody', () => statementOf({ iss: undefined }), 'invalid', /must name its issuer/],
    ['that has expired', () => statementOf({ exp: now() - 30 }), 'invalid', /has expired/],
    [
      'that never ends and was never issued',
      () => statementOf({ iat: undefined }),
      'invalid',
      /must say when it was issued/,
    ],
    ['from the future', () => statementOf({ iat: now() + 31 }), 'invalid', /in the past as iat/],
    ['for the future', () => statementOf({ nbf: now() + 31 }), 'invalid', /in the past as nbf/],
    ['whose end is no time', () => statementOf({ exp: 'tomorrow' }), 'invalid', /a number as exp/],
    ['whose beginning is no time', () => statementOf({ iat: '1' }), 'invalid', /in the past as iat/],
    [
      'for somebody else',
      () => statementOf({ aud: 'https://other.example' }),
      'invalid',
      /must not be for somebody else/,
    ],
    [
      'that is an access token',
      () => statementOf({}, { typ: 'at+jwt' }),
      'invalid',
      /must not be a token for another purpose/,
    ],
    ['that wants to be understood', () => statementOf({}, { crit: ['b64'], b64: false }), 'invalid', /crit/],
    ['whose kid is no text', () => statementOf({}, { kid: 7 }), 'invalid', /a text as kid/],
    ['that is no token', () => 'nonsense', 'invalid', /must be a JSON Web Token/],
    ['whose claims are no object', () => signedBy(KEY, [1], { typ: 'JWT' }), 'invalid', /must be a JSON Web Token/],
    ['that is longer than 16 KiB', () => statementOf({ x: 'y'.repeat(13_000) }), 'invalid', /must be a JSON Web Token/],
    ['with NUL', () => statementOf({ client_name: '\0' }), 'invalid', /must be a JSON Web Token/],
    [
      'with a claim of another type',
      () => statementOf({ client_name: 7 }),
      'invalid',
      /wrong claim: client_name must be a string/,
    ],
    [
      'with a wrong redirect URI',
      () => statementOf({ redirect_uris: ['javascript:1'] }),
      'invalid',
      /wrong claim: redirect_uris\[0\] must not use/,
    ],
  ])('%s is refused', async (_, statement, error, description) => {
    expect(await read(statement())).toMatchObject({
      error: `${error}_software_statement`,
      error_description: expect.stringMatching(description),
      errors: [{ pointer: expect.stringMatching(/^\//) }],
    });
  });

  it('is refused where nobody is trusted', async () => {
    expect(await read(statementOf(), { issuers: [] })).toMatchObject({ error: 'unapproved_software_statement' });
  });

  it('for this registry counts where the policy has its name', async () => {
    const statement = statementOf({ aud: ['https://as.example', 'x'] });
    expect(await read(statement, { issuers: [{ ...BY_KEYS, audience: ['https://as.example'] }] })).toMatchObject({
      client_name: 'Shop',
    });
  });

  it('that a client has already counts after its end, with its claims', async () => {
    const statement = statementOf({ exp: now() + 60 });
    jest.setSystemTime(Date.now() + 3_600_000);
    expect(await read(statement)).toMatchObject({ error: 'invalid_software_statement' });
    const body = { client_name: 'Bank' };
    expect(await read(statement, { body, before: statement })).toMatchObject({ client_name: 'Shop' });
    expect(await read(statement, { body, before: statementOf() })).toMatchObject({
      error: 'invalid_software_statement',
    });
  });

  it.each([undefined, null, '', 7])('of %j leaves the body as it is', async (statement) => {
    expect(await read(statement, { body: { scope: 'a' } })).toEqual({ scope: 'a', software_statement: statement });
  });
});

describe('an issuer with a jwksUri', () => {
  const here = use(async (keep) => {
    const page = { body: '', status: 200, asked: 0 };
    const outside = await keep(
      startOutside((_, response) => {
        page.asked += 1;
        response.writeHead(page.status).end(page.body);
      }),
    );
    const options = new KeySetOptions();
    Object.assign(options.outbound, {
      certificateAuthorities: outside.certificate,
      allowedHosts: [`localhost:${outside.port}`],
    });
    const by = new SoftwareStatements(new ClientKeySets(options));
    const issuerAt = (path: string) => [{ issuer: VENDOR, jwksUri: `https://localhost:${outside.port}${path}` }];
    return { page, by, issuerAt };
  });

  it('is asked for its keys once, and again for a new one', async () => {
    const { page, by, issuerAt } = here;
    const issuers = issuerAt('/rotates');
    page.body = JSON.stringify({ keys: [published(KEY)] });
    for (let turn = 0; turn < 3; turn += 1)
      expect(await read(statementOf(), { issuers, by })).toMatchObject({ client_name: 'Shop' });
    expect(page.asked).toBe(1);
    const newer = keyFor('RS256', 'newer');
    page.body = JSON.stringify({ keys: [published(newer)] });
    expect(await read(statementOf({}, {}, newer), { issuers, by })).toMatchObject({
      error: 'invalid_software_statement',
    });
    jest.setSystemTime(Date.now() + 30_000);
    expect(await read(statementOf({}, {}, newer), { issuers, by })).toMatchObject({ client_name: 'Shop' });
  });

  it('that has none now makes the registration wait', async () => {
    here.page.status = 503;
    expect(await read(statementOf(), { issuers: here.issuerAt('/down'), by: here.by })).toMatchObject({
      error: 'temporarily_unavailable',
    });
    here.page.status = 200;
  });

  it('at a private address that is not allowed is not asked', async () => {
    const issuers = [{ issuer: VENDOR, jwksUri: 'https://127.0.0.1/keys' }];
    expect(await read(statementOf(), { issuers })).toMatchObject({ error: 'temporarily_unavailable' });
  });
});
