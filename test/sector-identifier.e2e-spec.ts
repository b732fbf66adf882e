import { describe, expect, it } from '@jest/globals';
import type { ClientsModuleOptions } from '../src/index.js';
import { SETTINGS, startStandalone, type RunningApp } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { postClient } from './support/http.js';
import { startOutside } from './support/tls.js';
import { use, useDatabase } from './support/use.js';

const REDIRECTS = ['https://app.example.com/one', 'https://app.example.com/two'];
const MAX_BYTES = 64 * 1024;
/** The list of the redirect URIs in a text of so many bytes. */
const padded = (bytes: number) => JSON.stringify(REDIRECTS).padEnd(bytes);
const DOCUMENTS: Record<string, string> = {
  '/good': JSON.stringify(['https://other.example/', ...REDIRECTS]),
  '/short': JSON.stringify([REDIRECTS[0]]),
  '/empty': '[]',
  '/mixed': JSON.stringify([...REDIRECTS, 5]),
  '/object': '{}',
  '/text': 'not JSON',
  '/full': padded(MAX_BYTES),
  '/large': padded(MAX_BYTES + 1),
};

type Outbound = NonNullable<ClientsModuleOptions['outbound']>;

describe.each(SETTINGS)('sector_identifier_uri, $setting', ({ start, open }) => {
  const outside = use((keep) =>
    keep(
      startOutside(({ url = '' }, response) => {
        if (url === '/silent') return;
        if (url === '/slow') response.write('[');
        else if (url === '/moved') response.writeHead(302, { location: '/good' }).end(DOCUMENTS['/good']);
        else response.writeHead(url in DOCUMENTS ? 200 : 404).end(DOCUMENTS[url] ?? DOCUMENTS['/good']);
      }),
    ),
  );
  const database = useDatabase(open);

  function startWith(outbound: Outbound): Promise<RunningApp> {
    return start({
      database,
      options: { outbound: { certificateAuthorities: outside.certificate, timeout: 5000, ...outbound } },
    });
  }
  const create = ({ url }: RunningApp, uri: string, redirects = REDIRECTS) =>
    postClient(url, { subject_type: 'pairwise', redirect_uris: redirects, sector_identifier_uri: uri });

  it('is fetched from an allowed host, and must list every redirect URI', async () => {
    await using service = await startWith({ allowedHosts: ['localhost'] });
    await using impatient = await startWith({ allowedHosts: ['localhost'], timeout: 500 });
    const base = `https://localhost:${outside.port}`;
    const good = await create(service, `${base}/good`);
    expect([good.status, good.body['sector_identifier_uri']]).toEqual([201, `${base}/good`]);
    expect((await create(service, `${base}/short`, [])).status).toBe(201);
    expect((await create(service, `${base}/full`)).status).toBe(201);
    const before = await service.rowCount();
    for (const path of ['short', 'empty', 'mixed', 'object', 'text', 'large', 'moved', 'missing', 'silent', 'slow']) {
      const asked = ['silent', 'slow'].includes(path) ? impatient : service;
      const { status, body } = await create(asked, `${base}/${path}`);
      expect([path, status, body['error']]).toEqual([path, 400, 'invalid_client_metadata']);
      expect(body['error_description']).toMatch(/^sector_identifier_uri /);
    }
    expect(await service.rowCount()).toBe(before);
  });

  it('is never fetched from an address that is not public, written as an address or behind a name', async () => {
    const before = outside.connections();
    await using service = await startWith({});
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      '10.0.0.1',
      '169.254.169.254',
      '2130706433',
      '0x7f.1',
      '127.1',
      '[64:ff9b::7f00:1]',
      '[fd00:ec2::254]',
      '[::7f00:1]',
      '[100:0:0:1::1]',
      '[4000::1]',
    ]) {
      const { status, body } = await create(service, `https://${host}:${outside.port}/good`);
      expect([host, status, body['error_description']]).toEqual([
        host,
        400,
        'sector_identifier_uri could not be fetched: its host has no public address.',
      ]);
    }
    expect(outside.connections()).toBe(before);
  });

  it.each([
    ['10.0.0.1', 4],
    ['127.0.0.1', 4],
    ['192.168.1.1', 4],
    ['172.16.0.1', 4],
    ['100.64.0.1', 4],
    ['169.254.169.254', 4],
    ['224.0.0.1', 4],
    ['0.0.0.0', 4],
    ['255.255.255.255', 4],
    ['::1', 6],
    ['::', 6],
    ['fe80::1', 6],
    ['fc00::1', 6],
    ['::ffff:10.0.0.1', 6],
    ['64:ff9b::a00:1', 6],
    ['2002:a00:1::', 6],
  ])('is not fetched when one of the addresses of its name is %s', async (address, family) => {
    await using service = await startWith({
      lookup: (_, __, done) =>
        done(null, [
          { address: '93.184.215.14', family: 4 },
          { address, family },
        ]),
    });
    const { status, body } = await create(service, 'https://sector.example/good');
    expect([status, body['error_description']]).toEqual([
      400,
      'sector_identifier_uri could not be fetched: its host has no public address.',
    ]);
  });

  it('is resolved once, so that the address that was checked is the address that is connected to', async () => {
    let asked = 0;
    await using service = await startWith({
      allowedHosts: [`sector.example:${outside.port}`],
      lookup: (_, __, done) => {
        asked += 1;
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    expect((await create(service, `https://sector.example:${outside.port}/good`)).status).toBe(201);
    expect(asked).toBe(1);
    expect((await create(service, `https://sector.example:1/good`)).status).toBe(400);
  });

  it('is not fetched for a body that is refused for something else', async () => {
    await using service = await startWith({ allowedHosts: ['localhost'] });
    const before = outside.connections();
    const { body } = await postClient(service.url, {
      sector_identifier_uri: `https://localhost:${outside.port}/good`,
      logo_uri: 'x',
    });
    expect((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['/logo_uri']);
    expect(outside.connections()).toBe(before);
  });

  it('is not fetched from a host whose certificate nobody vouches for', async () => {
    await using service = await startWith({ allowedHosts: ['localhost'], certificateAuthorities: undefined });
    const { status, body } = await create(service, `https://localhost:${outside.port}/good`);
    expect([status, body['error_description']]).toEqual([
      400,
      'sector_identifier_uri could not be fetched: there was no usable answer.',
    ]);
  });
});

describe('sector identifier documents that are slow to come', () => {
  const FEW = 4;
  const WAITING = 64;
  const held: (() => void)[] = [];
  let mostAtOnce = 0;
  const outside = use((keep) =>
    keep(
      startOutside(({ headers: { host = '' } }, response) => {
        if (host.startsWith('127.0.0.1')) {
          response.end(DOCUMENTS['/good']);
          return;
        }
        held.push(() => response.end(DOCUMENTS['/good']));
        mostAtOnce = Math.max(mostAtOnce, held.length);
      }),
    ),
  );
  const database = useDatabase(SQLITE.open);

  it('are fetched a few at one time, a caller who would wait too long is asked to come back, and no other host is waited for', async () => {
    const allowedHosts = ['localhost', '127.0.0.1'];
    const outbound = { certificateAuthorities: outside.certificate, allowedHosts, timeout: 60_000 };
    await using service = await startStandalone({ database, options: { outbound } });
    const answers: number[] = [];
    const create = async (host: string) => {
      const sector_identifier_uri = `https://${host}:${outside.port}/`;
      const answer = await postClient(service.url, { redirect_uris: REDIRECTS, sector_identifier_uri });
      answers.push(answer.status);
      return answer;
    };
    const all = Array.from({ length: FEW + WAITING + 1 }, () => create('localhost'));
    // All others are held or wait behind those.
    const refused = await Promise.race(all);
    expect([refused.status, refused.body['error'], refused.headers['retry-after']]).toEqual([
      503,
      'temporarily_unavailable',
      '1',
    ]);
    expect((await create('127.0.0.1')).status).toBe(201);
    await eventually(() => held.length === FEW);
    while (answers.length < all.length + 1) {
      for (const release of held.splice(0)) release();
      await new Promise(setImmediate);
    }
    expect(answers.filter((status) => status === 201)).toHaveLength(FEW + WAITING + 1);
    expect(mostAtOnce).toBe(FEW);
  });
});
