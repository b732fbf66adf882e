import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AssertionOptions } from '../src/authentication/assertion/assertion.options.js';
import { AssertionVerifier } from '../src/authentication/assertion/assertion-verifier.js';
import { ClientKeySets } from '../src/authentication/keys/client-key-sets.js';
import { UsedAssertions } from '../src/authentication/assertion/used-assertions.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { CertificateVerifier } from '../src/authentication/mtls/certificate-verifier.js';
import { assertionOf, ISSUER } from './support/assertions.js';
import { newAuthority } from './support/certificates.js';
import { stopDate } from './support/clock.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { startInProcess } from './support/in-process.js';
import { startOutside } from './support/tls.js';
import { keyFor, published, type SigningKey } from './support/tokens.js';
import { use } from './support/use.js';

const MINUTE = 60_000;
/** What a fetch may take, in milliseconds: it waits behind hundreds of verifications, also on a slow machine. */
const TIMEOUT = 5000;
const [FIRST, SECOND, THIRD] = ['first', 'second', 'third'].map((kid) => keyFor('ES256', kid)) as [
  SigningKey,
  SigningKey,
  SigningKey,
];
const RSA = keyFor('RS256');
const ED25519 = keyFor('Ed25519');

const FOR_LONG = { hours: [-1, 4] as [number, number] };
const [CERTIFIED, LATER] = [await newAuthority('CN=shop', FOR_LONG), await newAuthority('CN=shop', FOR_LONG)];

/** The key of a certificate as a JWK Set has it. */
const keyOf = ({ cert }: { cert: string }) => new X509Certificate(cert).publicKey.export({ format: 'jwk' });

/** What a server of the outside world answers: a body with the status 200, a whole answer, or nothing (`hang`). */
type Page = string | { status: number; headers?: Record<string, string>; body?: string };

/** Keys as a JWK Set. */
const setOf = (...keys: SigningKey[]) => JSON.stringify({ keys: keys.map(published) });

/** A server that publishes keys at paths, and a verifier that fetches them. */
const fetching = () =>
  use(async (keep) => {
    const pages: Record<string, Page> = {};
    const asked: string[] = [];
    const outside = await keep(
      startOutside(({ url = '' }, response) => {
        asked.push(url);
        const page = pages[url] ?? { status: 404 };
        if (page === 'hang') return;
        const { status, headers = {}, body = '' } = typeof page === 'string' ? { status: 200, body: page } : page;
        response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end(body);
      }),
    );
    const { context } = await keep(startInProcess(await keep(SQLITE.open())));
    const options = Object.assign(new AssertionOptions(), { issuers: [ISSUER] });
    const host = `localhost:${outside.port}`;
    Object.assign(options.outbound, {
      certificateAuthorities: outside.certificate,
      allowedHosts: [host],
      timeout: TIMEOUT,
    });
    const keySets = new ClientKeySets(options);
    const verifier = new AssertionVerifier(
      options,
      keySets,
      new UsedAssertions(context.get(PreparedDatabase, { strict: false })),
    );
    const certificates = new CertificateVerifier({ authorities: '' }, keySets);
    const urlOf = (path: string) => (path.startsWith('/') ? `https://${host}${path}` : path);
    return {
      port: outside.port,
      outbound: options.outbound,
      pages,
      fetchesOf: (path: string) => asked.filter((one) => one === path).length,
      connections: outside.connections,
      problemOf: (path: string) => keySets.known(urlOf(path))?.problem?.message,
      /** Does a certificate authenticate a client whose keys are at this path? */
      present: async (path: string, { cert }: { cert: string }) => {
        const method = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
        return (await certificates.verify(cert, { id: 'shop', ...method, jwks_uri: urlOf(path) })) !== undefined;
      },
      /** Does an assertion signed with this key authenticate a client whose keys are at this path? */
      ask: async (path: string, key: SigningKey, head?: object, claims: object = {}) => {
        const client = { jwks: {}, jwks_uri: urlOf(path), token_endpoint_auth_signing_alg: '' };
        return (await verifier.verify(assertionOf('shop', key, claims, head), 'shop', { client })) !== undefined;
      },
    };
  });

beforeEach(stopDate);
afterEach(() => void jest.useRealTimers());
const pass = (milliseconds: number) => jest.setSystemTime(Date.now() + milliseconds);

describe('jwks_uri', () => {
  const here = fetching();

  it('has the keys that verify assertions, of every kind', async () => {
    here.pages['/kinds'] = setOf(RSA, FIRST, ED25519);
    for (const key of [RSA, FIRST, ED25519]) expect(await here.ask('/kinds', key)).toBe(true);
    expect(here.fetchesOf('/kinds')).toBe(1);
  });

  it('is fetched once for all who ask at one time', async () => {
    here.pages['/joined'] = setOf(FIRST);
    const answers = await Promise.all(Array.from({ length: 50 }, () => here.ask('/joined', FIRST)));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(here.fetchesOf('/joined')).toBe(1);
  });

  it('is fetched once for a thousand assertions with an unknown kid, and once more half a minute later', async () => {
    here.pages['/unknown'] = setOf(FIRST);
    expect(await here.ask('/unknown', FIRST)).toBe(true);
    pass(30_000);
    const answers = await Promise.all(Array.from({ length: 500 }, () => here.ask('/unknown', THIRD)));
    for (let turn = 0; turn < 500; turn += 1) answers.push(await here.ask('/unknown', THIRD));
    expect(new Set(answers)).toEqual(new Set([false]));
    expect(here.fetchesOf('/unknown')).toBe(2);
    pass(30_000);
    expect(await here.ask('/unknown', THIRD)).toBe(false);
    expect(here.fetchesOf('/unknown')).toBe(3);
  });

  it('whose keys rotate is read again: for a new kid, for a new key under an old one, and for one without kid', async () => {
    here.pages['/rotating'] = setOf(FIRST);
    expect(await here.ask('/rotating', FIRST)).toBe(true);
    here.pages['/rotating'] = setOf(FIRST, SECOND);
    expect(await here.ask('/rotating', SECOND)).toBe(false);
    pass(30_000);
    expect(await here.ask('/rotating', SECOND)).toBe(true);
    here.pages['/rotating'] = setOf({ ...THIRD, kid: 'first' });
    pass(30_000);
    expect(await here.ask('/rotating', { ...THIRD, kid: 'first' })).toBe(true);
    here.pages['/rotating'] = setOf(SECOND);
    pass(30_000);
    expect(await here.ask('/rotating', SECOND, { kid: undefined })).toBe(true);
  });

  it('that withdraws a key is believed after ten minutes, whatever its headers say', async () => {
    here.pages['/withdrawn'] = { status: 200, headers: { 'cache-control': 'max-age=31536000' }, body: setOf(FIRST) };
    expect(await here.ask('/withdrawn', FIRST)).toBe(true);
    here.pages['/withdrawn'] = setOf(SECOND);
    pass(9 * MINUTE);
    expect(await here.ask('/withdrawn', FIRST)).toBe(true);
    expect(here.fetchesOf('/withdrawn')).toBe(1);
    pass(MINUTE);
    await here.ask('/withdrawn', FIRST);
    await eventually(async () => !(await here.ask('/withdrawn', FIRST)));
    expect(await here.ask('/withdrawn', SECOND)).toBe(true);
  });

  it('that is down is missed after an hour, and asked again twice a minute at most', async () => {
    here.pages['/down'] = setOf(FIRST);
    expect(await here.ask('/down', FIRST)).toBe(true);
    here.pages['/down'] = { status: 503 };
    pass(59 * MINUTE);
    expect(await here.ask('/down', FIRST)).toBe(true);
    await eventually(() => here.problemOf('/down') === 'its answer was 503, not 200');
    expect(await here.ask('/down', FIRST)).toBe(true);
    pass(MINUTE);
    const before = here.fetchesOf('/down');
    for (let turn = 0; turn < 20; turn += 1) expect(await here.ask('/down', FIRST)).toBe(false);
    expect(here.fetchesOf('/down')).toBe(before + 1);
    here.pages['/down'] = setOf(FIRST);
    expect(await here.ask('/down', FIRST)).toBe(false);
    pass(30_000);
    expect(await here.ask('/down', FIRST)).toBe(true);
    expect(here.problemOf('/down')).toBeUndefined();
  });

  it.each<[what: string, page: Page, problem: string]>([
    ['slow', 'hang', 'it did not answer in time'],
    ['huge', setOf(FIRST).padEnd(65_537), 'its answer is larger than 64 KiB'],
    ['not JSON', '<html>', 'its answer must be a JWK Set: an object with the member keys'],
    ['not a set', '{"keys":7}', 'its answer must be a JWK Set: its member keys must be an array'],
    ['a redirect', { status: 302, headers: { location: '/good' } }, 'its answer was 302, not 200'],
    ['an error', { status: 500 }, 'its answer was 500, not 200'],
  ])('that is %s gives no keys, and is not asked again within half a minute', async (what, page, problem) => {
    const path = `/${encodeURIComponent(what)}`;
    here.pages['/good'] = setOf(FIRST);
    here.pages[path] = page;
    here.outbound.timeout = what === 'slow' ? 500 : TIMEOUT;
    expect(await here.ask(path, FIRST)).toBe(false);
    expect(here.problemOf(path)).toBe(problem);
    expect(await here.ask(path, FIRST)).toBe(false);
    expect([here.fetchesOf(path), here.fetchesOf('/good')]).toEqual([1, 0]);
  });

  it.each(['127.0.0.1', '[::1]', '10.0.0.1', '169.254.169.254'])(
    'at the private address %s is not fetched',
    async (host) => {
      const before = here.connections();
      const url = `https://${host}:${here.port}/kinds`;
      expect(await here.ask(url, FIRST)).toBe(false);
      expect([here.problemOf(url), here.connections()]).toEqual(['its host has no public address', before]);
    },
  );

  it('is not fetched for an assertion that is refused without it', async () => {
    here.pages['/idle'] = setOf(FIRST);
    expect(await here.ask('/idle', FIRST, { alg: 'HS256' })).toBe(false);
    expect(await here.ask('/idle', FIRST, {}, { aud: 'https://other.example' })).toBe(false);
    expect(here.fetchesOf('/idle')).toBe(0);
  });

  it('without https is not fetched', async () => {
    const url = `http://localhost:${here.port}/kinds`;
    expect(await here.ask(url, FIRST)).toBe(false);
    expect(here.problemOf(url)).toBe('it is not https');
  });

  it('may hold private keys and keys of other kinds: they are not used, and the others are', async () => {
    const leaked = { ...published(SECOND), ...SECOND.privateKey.export({ format: 'jwk' }) };
    here.pages['/mixed'] = JSON.stringify({
      keys: [{ kty: 'oct', k: 'AA', kid: 'first' }, {}, leaked, published(FIRST)],
    });
    expect([await here.ask('/mixed', FIRST), await here.ask('/mixed', SECOND)]).toEqual([true, false]);
  });
});

describe('jwks_uri of a client with a certificate that it signed itself', () => {
  const here = fetching();
  const pageOf = (...keys: object[]) => JSON.stringify({ keys });

  it('has the key of the certificate, or the certificate', async () => {
    const der = new X509Certificate(CERTIFIED.cert).raw.toString('base64');
    here.pages['/key'] = pageOf(published(FIRST), keyOf(CERTIFIED));
    here.pages['/certificate'] = pageOf({ ...keyOf(CERTIFIED), x5c: [der] });
    for (const path of ['/key', '/certificate']) {
      expect([await here.present(path, CERTIFIED), await here.present(path, LATER)]).toEqual([true, false]);
      expect(here.fetchesOf(path)).toBe(1);
    }
  });

  it('that has private or symmetric keys, or keys for encryption, proves nobody by them', async () => {
    const der = new X509Certificate(CERTIFIED.cert).raw.toString('base64');
    here.pages['/private'] = pageOf({ ...keyOf(CERTIFIED), d: 'AA' });
    here.pages['/symmetric'] = pageOf({ kty: 'oct', k: 'AA', x5c: [der] });
    here.pages['/encryption'] = pageOf({ ...keyOf(CERTIFIED), use: 'enc' });
    here.pages['/strange'] = pageOf({}, { x5c: der }, { x5c: [7] });
    for (const path of ['/private', '/symmetric', '/encryption', '/strange'])
      expect([path, await here.present(path, CERTIFIED)]).toEqual([path, false]);
  });

  it('is read again for an unknown certificate, at most twice a minute, and is missed after an hour', async () => {
    here.pages['/certified'] = pageOf(keyOf(CERTIFIED));
    expect(await here.present('/certified', CERTIFIED)).toBe(true);
    here.pages['/certified'] = pageOf(keyOf(LATER));
    for (let turn = 0; turn < 100; turn += 1) expect(await here.present('/certified', LATER)).toBe(false);
    expect(here.fetchesOf('/certified')).toBe(1);
    pass(30_000);
    expect(await here.present('/certified', LATER)).toBe(true);
    expect(await here.present('/certified', CERTIFIED)).toBe(false);
    here.pages['/certified'] = { status: 503 };
    pass(59 * MINUTE);
    expect(await here.present('/certified', LATER)).toBe(true);
    pass(MINUTE);
    expect(await here.present('/certified', LATER)).toBe(false);
  });

  it('is not fetched for a certificate that has ended', async () => {
    const ended = await newAuthority('CN=shop', { hours: [-2, -0.5] });
    here.pages['/ended'] = pageOf(keyOf(ended));
    expect(await here.present('/ended', ended)).toBe(false);
    expect(here.fetchesOf('/ended')).toBe(0);
  });
});
