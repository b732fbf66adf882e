import { afterAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { generateSecret } from '../src/secrets/generated/secret-format.js';
import { startStandalone } from './support/app.js';
import { stopDate } from './support/clock.js';
import { SQLITE } from './support/databases.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { request, type Answer } from './support/http.js';
import { startIssuer } from './support/issuer.js';
import { keptLog } from './support/log.js';
import { claimsFor, keyFor, publish, signedBy, tokenVariables } from './support/tokens.js';
import { use } from './support/use.js';

const FIRST = 'f'.repeat(40);
const MOST = 20;
/** The same credentials count for a tenth. */
const MOST_OF_ONE = 2;
const REFUSALS = 'oauth2_registry_access_refusals_total';
const known = keyFor('ES256', 'known');
const unknown = keyFor('ES256', 'unknown');
/** Says that it is the known one. */
const impostor = keyFor('ES256', 'known');

/** A service behind a proxy, which takes API keys and tokens. */
const here = use(async (keep) => {
  const issuer = await keep(startIssuer());
  publish(issuer, [known]);
  const log = keptLog();
  const environment = {
    ...tokenVariables(issuer.url),
    ADMIN_AUTH: 'api-key,jwt',
    ADMIN_API_KEY: FIRST,
    ADMIN_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8',
    ADMIN_MAX_REFUSED: String(MOST),
    METRICS: 'open',
  };
  const service = await keep(startStandalone({ database: await keep(SQLITE.open()), environment, logger: log.logger }));
  const ask = (token: string, source?: string): Promise<Answer> =>
    request(`${service.url}/admin/clients`, {
      headers: { authorization: `Bearer ${token}`, ...(source !== undefined && { 'x-forwarded-for': source }) },
    });
  return { issuer: issuer.url, log, service, ask };
});
let last = 0;
/** A token that no other one equals. */
const token = (key = known) => signedBy(key, claimsFor(here.issuer, { jti: String((last += 1)) }));
const statusOf = async (credentials: string, source?: string) => (await here.ask(credentials, source)).status;
/** Sends so many wrong credentials from a source, each of them others. */
const refuse = async (source: string, times = MOST) => {
  for (let at = 0; at < times; at += 1) expect(await statusOf(token(impostor), source)).toBe(401);
};

// However long it takes, all of it happens within one minute, and each test has one of its own.
beforeEach(() => {
  const now = Date.now();
  stopDate();
  jest.setSystemTime(now + 61_000);
});
afterAll(() => void jest.useRealTimers());

describe('a caller whose credentials were refused too often', () => {
  it('is told 429 with Retry-After before its token is verified, for a minute from the first refusal', async () => {
    const source = '192.0.2.1';
    const before = await metricsOf(here.service.url);
    await refuse(source, MOST - 1);
    jest.setSystemTime(Date.now() + 20_000);
    await refuse(source, 1);
    // It is right, which would be seen if it were verified.
    const { status, body, headers } = await here.ask(token(), source);
    expect([status, body['error'], headers['retry-after']]).toEqual([429, 'too_many_requests', '40']);
    expect(await statusOf(token(impostor), source)).toBe(429);
    expect(here.log.text()).toContain('Refused 429 too_many_requests: GET from 192.0.2.1, unknown.');
    const after = await metricsOf(here.service.url);
    const grown = (outcome: string) => valueOf(after, REFUSALS, { outcome }) - valueOf(before, REFUSALS, { outcome });
    expect([grown('unauthenticated'), grown('limited'), grown('forbidden')]).toEqual([MOST, 2, 0]);
    jest.setSystemTime(Date.now() + 40_000);
    expect(await statusOf(token(), source)).toBe(200);
  });

  it.each<[what: string, wrong: () => string]>([
    ['keys of another registry', () => generateSecret('oaak_')],
    ['keys with a wrong checksum', () => `oaak_${(last += 1)}`],
    ['texts', () => `nothing-${(last += 1)}`],
    ['tokens for another service', () => signedBy(known, claimsFor(here.issuer, { aud: `${(last += 1)}` }))],
  ])('may have sent %s', async (what, wrong) => {
    const source = `192.0.2.${what.length}`;
    for (let at = 0; at < MOST; at += 1) expect(await statusOf(wrong(), source)).toBe(401);
    expect([await statusOf(wrong(), source), await statusOf(token(), source)]).toEqual([429, 429]);
  });

  it('keeps out none of its neighbours who has an API key, or a token that was right before', async () => {
    const source = '198.51.100.3';
    const made = await request(`${here.service.url}/admin/keys`, {
      method: 'POST',
      body: { name: 'neighbour', scopes: ['clients:read'] },
      headers: { authorization: `Bearer ${FIRST}` },
    });
    const [before, elsewhere] = [token(), token()];
    expect(await statusOf(before, source)).toBe(200);
    expect(await statusOf(elsewhere, '198.51.100.4')).toBe(200);
    await refuse(source);
    for (const right of [FIRST, String(made.body['key']), before]) expect(await statusOf(right, source)).toBe(200);
    expect(await statusOf(elsewhere, source)).toBe(429);
    expect(await statusOf(token(), '198.51.100.4')).toBe(200);
  });

  it('counts for a tenth when it sends the same again and again, and keeps out nobody else by that', async () => {
    const source = '198.51.100.5';
    const same = token(impostor);
    const statuses: number[] = [];
    for (let at = 0; at < 2 * MOST; at += 1) statuses.push(await statusOf(same, source));
    expect(statuses).toEqual([...Array(MOST_OF_ONE).fill(401), ...Array(2 * MOST - MOST_OF_ONE).fill(429)]);
    expect(await statusOf(token(), source)).toBe(200);
  });

  it('is not one who uses a new key of the issuer too early, or sends nothing', async () => {
    const source = '198.51.100.6';
    for (let at = 0; at <= MOST; at += 1) expect(await statusOf(token(unknown), source)).toBe(401);
    for (let at = 0; at <= MOST; at += 1) {
      const headers = { 'x-forwarded-for': source, authorization: '' };
      expect((await request(`${here.service.url}/admin/clients`, { headers })).status).toBe(401);
    }
    expect(await statusOf(token(), source)).toBe(200);
  });

  it('is not one who sends the same right token many times at once', async () => {
    const right = token();
    const statuses = await Promise.all(Array.from({ length: 3 * MOST }, () => statusOf(right, '198.51.100.7')));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('a caller behind a proxy', () => {
  it.each<[what: string, refused: (at: number) => string, same: string, other: string]>([
    [
      'is counted by the address that the proxy saw, whatever it says itself',
      (at) => `203.0.113.${at}, 198.51.100.8`,
      '198.51.100.8',
      '203.0.113.1',
    ],
    [
      'is counted by what the first of several proxies saw',
      (at) => `198.51.100.9, 10.0.0.${at}`,
      '198.51.100.9',
      '198.51.100.19',
    ],
    ['counts with its /64', (at) => `2001:db8:0:1::${at}`, '2001:db8:0:1:ffff::1', '2001:db8:0:2::1'],
    ['is the same one over IPv6', () => '198.51.100.10', '::ffff:198.51.100.10', '::ffff:198.51.100.11'],
  ])('%s', async (_, refused, same, other) => {
    for (let at = 0; at < MOST; at += 1) expect(await statusOf(token(impostor), refused(at))).toBe(401);
    expect([await statusOf(token(), same), await statusOf(token(), other)]).toEqual([429, 200]);
  });

  it('counts as the proxy where that does not say who it is', async () => {
    for (let at = 0; at < MOST; at += 1)
      expect(await statusOf(token(impostor), at % 2 === 0 ? 'unknown' : undefined)).toBe(401);
    expect([await statusOf(token()), await statusOf(token(), '198.51.100.12')]).toEqual([429, 200]);
  });
});

describe('ADMIN_MAX_REFUSED=0', () => {
  it('counts nothing', async () => {
    await using database = await SQLITE.open();
    const environment = { ADMIN_AUTH: 'api-key', ADMIN_API_KEY: FIRST, ADMIN_MAX_REFUSED: '0' };
    await using service = await startStandalone({ database, environment });
    const ask = () => request(`${service.url}/admin/clients`, { headers: { authorization: 'Bearer wrong' } });
    for (let at = 0; at < 400; at += 1) expect((await ask()).status).toBe(401);
  });
});
