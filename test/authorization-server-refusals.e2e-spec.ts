import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { assertionOf } from './support/assertions.js';
import { compileExample, register, startExample } from './support/authorization-server.js';
import { SQLITE } from './support/databases.js';
import { keyFor, now, published } from './support/tokens.js';
import { use } from './support/use.js';

const MACHINE = { grant_types: ['client_credentials'], response_types: [] };
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const KEY = keyFor('ES256');
/** As many bytes as bcrypt looks at. */
const LONG = 'x'.repeat(72);

const here = use(async (keep) => {
  const { url } = await keep(SQLITE.open());
  return keep(startExample(await keep(compileExample()), { DATABASE_URL: url }));
});

/** What a client sends beside the grant: a form, and Basic credentials as they stand. */
type Sent = [form: Record<string, string>, basic?: string | Buffer];

/** The status and the code of OAuth with which the token endpoint answers. */
function ask([form, basic]: Sent): Promise<[status: number | undefined, error?: string]> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(basic !== undefined && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
  };
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${here.issuer}/token`, { method: 'POST', headers }, (response) => {
      json(response)
        .then((body) => resolve([response.statusCode, (body as { error?: string }).error]))
        .catch(reject);
    });
    call.on('error', reject).end(new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString());
  });
}

/** What the token endpoint answers to each, by what it is. */
async function answers(sent: Record<string, Sent>): Promise<Record<string, unknown>> {
  const all = Object.entries(sent).map(async ([what, one]) => [what, await ask(one)] as const);
  return Object.fromEntries(await Promise.all(all));
}

/** The same answer to all. */
function allOf(sent: Record<string, Sent>, answer: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.keys(sent).map((what) => [what, answer]));
}

it('the example refuses secrets that are not the client’s, whatever they are', async () => {
  const { id } = await register(here, { ...MACHINE, client_secret: LONG });
  const colons = await register(here, { ...MACHINE, client_secret: 'a:b:c and more' });
  expect(await ask([{}, `${id}:${LONG}`])).toEqual([200]);
  expect(await ask([{}, `${colons.id}:a%3Ab%3Ac+and%20more`])).toEqual([200]);
  const wrong: Record<string, Sent> = {
    'bad percent-encoding': [{}, `${id}:%zz`],
    'no colon': [{}, id],
    'not UTF-8': [{}, Buffer.from([0xff, 0x3a, 0xfe])],
    '10,000 bytes': [{}, `${id}:${'x'.repeat(10_000)}`],
    empty: [{}, `${id}:`],
    'one byte': [{}, `${id}:x`],
    '73 bytes': [{}, `${id}:${LONG}x`],
    NUL: [{}, `${id}:${LONG}%00`],
    'NUL in the id': [{}, `${id}%00:${LONG}`],
    'in the form': [{ client_id: id, client_secret: LONG }],
    none: [{ client_id: id }],
    'of nobody': [{}, `nobody:${LONG}`],
  };
  expect(await answers(wrong)).toEqual(allOf(wrong, [401, 'invalid_client']));
  const twice: Record<string, Sent> = {
    'Basic and form': [{ client_id: id, client_secret: LONG }, `${id}:${LONG}`],
    'two ids': [{ client_id: 'nobody' }, `${id}:${LONG}`],
  };
  expect(await answers(twice)).toEqual(allOf(twice, [400, 'invalid_request']));
  expect(await ask([{ client_id: id }, `${id}:${LONG}`])).toEqual([200]);
});

it('the example refuses assertions that are not the client’s, not for it, or not new', async () => {
  const keys = { jwks: { keys: [published(KEY)] } };
  const { id } = await register(here, { ...MACHINE, token_endpoint_auth_method: 'private_key_jwt', ...keys });
  const { issuer: aud } = here;
  const sent = (claims: object = {}, head?: object, key = KEY): Sent => [
    { client_assertion_type: JWT_BEARER, client_assertion: assertionOf(id, key, { aud, ...claims }, head) },
  ];
  const right = sent();
  const parallel = await Promise.all(Array.from({ length: 10 }, () => ask(right)));
  expect(parallel.filter(([status]) => status === 200)).toHaveLength(1);
  const wrong: Record<string, Sent> = {
    replayed: right,
    HS256: sent({}, { alg: 'HS256' }),
    none: sent({}, { alg: 'none' }),
    'for another': sent({ aud: 'https://other.example' }),
    'for several': sent({ aud: [aud, 'https://other.example'] }),
    'for the endpoint': sent({ aud: `${aud}/token` }),
    'of another': sent({ iss: 'other' }),
    'without jti': sent({ jti: undefined }),
    'for ten years': sent({ exp: now() + 315_360_000 }),
    'from the future': sent({ iat: now() + 3600 }),
    crit: sent({}, { crit: ['x'], x: 1 }),
    jku: sent({}, { jku: 'https://keys.example/' }, keyFor('ES256')),
    'unknown kid': sent({}, { kid: 'other' }, keyFor('ES256')),
    '20 KB': sent({ more: 'x'.repeat(15_000) }),
  };
  expect(await answers(wrong)).toEqual(allOf(wrong, [401, 'invalid_client']));
  // The provider itself reads no such form.
  expect(await ask(sent({ more: 'x'.repeat(75_000) }))).toEqual([400, 'invalid_request']);
  expect(here.output()).not.toContain('server_error');
});
