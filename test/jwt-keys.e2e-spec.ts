import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { stopDate } from './support/clock.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { request } from './support/http.js';
import { startIssuer } from './support/issuer.js';
import { keptLog } from './support/log.js';
import { freePort } from './support/process.js';
import { claimsFor, fetchesOf, keyFor, KEYS, publish, published, signedBy, tokenVariables } from './support/tokens.js';

const MINUTE = 60_000;
const KEY = 'k'.repeat(40);
const [first, second, third] = ['first', 'second', 'third'].map((kid) => keyFor('ES256', kid)) as [
  ReturnType<typeof keyFor>,
  ReturnType<typeof keyFor>,
  ReturnType<typeof keyFor>,
];

/** A service that takes the tokens of an issuer, whether the issuer is there or not. */
async function startTaking(issuer: string, environment: Record<string, string> = {}) {
  const database = await SQLITE.open();
  const log = keptLog();
  const service = await startStandalone({
    database,
    environment: { ...tokenVariables(issuer), ...environment },
    logger: log.logger,
  });
  return {
    log: log.text,
    /** The status for a token of this key. */
    ask: async (key: ReturnType<typeof keyFor>, changes?: object) => {
      const headers = { authorization: `Bearer ${signedBy(key, claimsFor(issuer, changes))}` };
      return (await request(`${service.url}/admin/clients`, { headers })).status;
    },
    get: (headers: Record<string, string>) => request(`${service.url}/admin/clients`, { headers }),
    [Symbol.asyncDispose]: async () => {
      await service.close();
      await database.drop();
    },
  };
}

beforeEach(stopDate);
afterEach(() => void jest.useRealTimers());
const pass = (milliseconds: number) => jest.setSystemTime(Date.now() + milliseconds);

describe('an issuer', () => {
  it('that is down when the service starts is 503 for its tokens, and for nobody else, until it is there', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await using service = await startTaking(url, { ADMIN_AUTH: 'api-key,jwt', ADMIN_API_KEY: KEY });
    const answer = await service.get({ authorization: `Bearer ${signedBy(first, claimsFor(url))}` });
    expect([answer.status, answer.body['error'], answer.headers['retry-after']]).toEqual([
      503,
      'temporarily_unavailable',
      '1',
    ]);
    expect((await service.get({ authorization: `Bearer ${KEY}` })).status).toBe(200);
    expect((await service.get({ authorization: `Bearer ${KEY}x` })).status).toBe(401);
    expect(await service.ask(first, { exp: 1 })).toBe(503);
    expect(service.log()).toContain(`${url}/.well-known/openid-configuration could not be fetched: `);
    await using issuer = await startIssuer(port);
    publish(issuer, [first]);
    expect(await service.ask(first)).toBe(503);
    pass(5000);
    expect(await service.ask(first)).toBe(200);
    expect(await service.ask(first, { exp: 1 })).toBe(401);
  });

  it('is asked once for an unknown key, and not again within half a minute', async () => {
    await using issuer = await startIssuer();
    publish(issuer, [first]);
    await using service = await startTaking(issuer.url);
    expect(await service.ask(first)).toBe(200);
    expect(fetchesOf(issuer)).toBe(1);
    publish(issuer, [first, second]);
    expect(await service.ask(second)).toBe(401);
    expect(fetchesOf(issuer)).toBe(1);
    pass(30_000);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => service.ask(second)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(fetchesOf(issuer)).toBe(2);
    for (let turn = 0; turn < 20; turn += 1) expect(await service.ask(third)).toBe(401);
    expect([fetchesOf(issuer), await service.ask(first)]).toEqual([2, 200]);
  });

  it('that withdraws a key is believed after ten minutes, and nobody waits for that', async () => {
    await using issuer = await startIssuer();
    publish(issuer, [first]);
    await using service = await startTaking(issuer.url);
    expect(await service.ask(first)).toBe(200);
    publish(issuer, [second]);
    pass(9 * MINUTE);
    expect(await service.ask(first)).toBe(200);
    await sleep(100);
    expect(fetchesOf(issuer)).toBe(1);
    pass(MINUTE);
    expect(await service.ask(first)).toBe(200);
    await eventually(() => fetchesOf(issuer) === 2);
    await eventually(async () => (await service.ask(first)) === 401);
    expect(await service.ask(second)).toBe(200);
  });

  it('that goes away is missed after an hour', async () => {
    const issuer = await startIssuer();
    publish(issuer, [first]);
    await using service = await startTaking(issuer.url);
    expect(await service.ask(first)).toBe(200);
    await issuer.close();
    pass(59 * MINUTE);
    expect(await service.ask(first)).toBe(200);
    expect(await service.ask(second)).toBe(503);
    pass(MINUTE);
    expect(await service.ask(first)).toBe(503);
  });
});

describe('the keys of an issuer', () => {
  const OPENID = '/.well-known/openid-configuration';
  const OAUTH = '/.well-known/oauth-authorization-server';

  it('are found by RFC 8414, too, whose path stands before that of the issuer', async () => {
    await using issuer = await startIssuer();
    const tenant = `${issuer.url}/tenant`;
    issuer.pages[`${OAUTH}/tenant`] = { body: { issuer: tenant, jwks_uri: issuer.url + KEYS } };
    issuer.pages[KEYS] = { body: { keys: [published(first)] } };
    await using service = await startTaking(tenant);
    expect(await service.ask(first)).toBe(200);
    expect(issuer.asked).toEqual([`/tenant${OPENID}`, `${OAUTH}/tenant`, KEYS]);
  });

  it('are taken from ADMIN_JWT_JWKS_URL without asking the issuer, whose name still counts', async () => {
    await using issuer = await startIssuer();
    issuer.pages['/my?keys'] = { body: { keys: [published(first)] } };
    const url = 'https://issuer.example/';
    await using service = await startTaking(url, { ADMIN_JWT_JWKS_URL: `${issuer.url}/my?keys` });
    expect([await service.ask(first), await service.ask(first, { iss: 'other' })]).toEqual([200, 401]);
    expect(issuer.asked).toEqual(['/my?keys']);
    await using nameless = await startTaking('', { ADMIN_JWT_JWKS_URL: `${issuer.url}/my?keys` });
    expect(await nameless.ask(first, { iss: 'other' })).toBe(200);
  });

  it.each<[what: string, changes: (url: string) => Record<string, unknown>, sentence: string]>([
    [
      'metadata of another issuer',
      () => ({ [OPENID]: { body: { issuer: 'https://other.example', jwks_uri: 'https://other.example' } } }),
      'names another issuer',
    ],
    [
      'keys without https',
      (url) => ({ [OPENID]: { body: { issuer: url, jwks_uri: 'http://other.example' } } }),
      'has no jwks_uri with https',
    ],
    ['no place of keys', (url) => ({ [OPENID]: { body: { issuer: url } } }), 'has no jwks_uri with https'],
    [
      'a redirect to its metadata',
      () => ({ [OPENID]: { status: 302, headers: { location: '/elsewhere' } } }),
      'its answer was 302, not 200',
    ],
    [
      'a redirect to its keys',
      () => ({ [KEYS]: { status: 307, headers: { location: '/elsewhere' } } }),
      'its answer was 307, not 200',
    ],
    ['an error', () => ({ [KEYS]: { status: 500 } }), 'its answer was 500, not 200'],
    ['keys that are not JSON', () => ({ [KEYS]: { body: '<html>' } }), 'is not a JSON object'],
    ['keys that are not a set', () => ({ [KEYS]: { body: { keys: 7 } } }), 'JSON Web Key Set malformed'],
    [
      'keys of more than 64 KiB',
      () => ({ [KEYS]: { body: { keys: [published(first)], note: 'x'.repeat(65_536) } } }),
      'its answer is larger than 64 KiB',
    ],
    ['no answer in three seconds', () => ({ [KEYS]: 'hang' }), 'it did not answer in time'],
  ])('are not to be had from %s', async (_, changes, sentence) => {
    await using issuer = await startIssuer();
    publish(issuer, [first]);
    issuer.pages['/elsewhere'] = {
      body: { issuer: issuer.url, jwks_uri: issuer.url + KEYS, keys: [published(first)] },
    };
    Object.assign(issuer.pages, changes(issuer.url));
    await using service = await startTaking(issuer.url);
    expect(await service.ask(first)).toBe(503);
    expect(service.log()).toContain(sentence);
    expect(issuer.asked).not.toContain('/elsewhere');
  });
});
