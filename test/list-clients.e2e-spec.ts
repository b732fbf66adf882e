import { beforeAll, describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { getClient, post, postClient, request } from './support/http.js';
import { follow, list, type Query } from './support/lists.js';
import { useService } from './support/use.js';

/** Expects a 400 whose sentence begins with the parameter that is wrong. */
async function expectRefused(url: string, query: Query, parameter: string): Promise<void> {
  const { status, headers, body, refused } = await list(url, query);
  expect([query, status, body['error'], refused]).toEqual([query, 400, 'invalid_request', parameter]);
  expect(headers['cache-control']).toBe('no-store');
}

describe.each(SETTINGS)('GET /admin/clients, $setting', ({ start, open }) => {
  const service = useService(start, open);
  let prefix: string;
  beforeAll(() => {
    prefix = new URL(service.url).pathname.replace(/\/$/, '');
  });

  it('is an empty list with a link to its first page while nothing matches', async () => {
    const { status, headers, text } = await list(service.url, { owner: 'nobody' });
    expect([status, text]).toEqual([200, '[]']);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['link']).toMatch(
      RegExp(`^<${prefix}/admin/clients\\?owner=nobody&page_size=100&page_token=[\\w-]+>; rel="first"$`),
    );
  });

  it('shows clients as they are shown one by one, in the order of their ids, and nothing secret', async () => {
    const secrets: unknown[] = [];
    for (const client_id of ['shown-b', 'shown-B', 'shown-a']) {
      const { body } = await postClient(service.url, {
        client_id,
        owner: 'shown',
        client_secret: `secret ${client_id}`,
      });
      secrets.push(body['client_secret'], body['registration_access_token']);
    }
    const { body } = await postClient(service.url, { client_id: 'shown-c', owner: 'shown' });
    secrets.push(body['client_secret'], body['registration_access_token']);
    expect(secrets.filter((secret) => typeof secret === 'string')).toHaveLength(8);

    const ids = ['shown-B', 'shown-a', 'shown-b', 'shown-c'];
    const one = await Promise.all(ids.map((id) => getClient(service.url, id)));
    for (const query of ['owner=shown', 'owner=shown&include_total=true&sort=client_id']) {
      const { text } = await list(service.url, query);
      expect(text).toBe(`[${one.map((answer) => answer.text).join(',')}]`);
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/\$2b\$|\$sha256\$|client_secret"|registration_access_token/);
    }
  });

  it('links to its pages under the full path, with sorted parameters and the size that is in effect', async () => {
    for (const client_id of ['link 1', 'link 2', 'link 3'])
      await postClient(service.url, { client_id, owner: 'l & m' });
    for (const path of ['/admin/clients', '/clients', '/admin/clients/', '/clients/']) {
      const query: [string, string][] = [
        ['sort', '-client_id'],
        ['page_size', '2'],
        ['owner', 'l & m'],
      ];
      const { headers, ids } = await list(service.url, query, path);
      expect(ids).toEqual(['link 3', 'link 2']);
      const target = (relation: string) =>
        `<${prefix}/admin/clients\\?owner=l\\+%26\\+m&page_size=2&page_token=[\\w-]+&sort=-client_id>; rel="${relation}"`;
      expect(headers['link']).toMatch(RegExp(`^${target('first')},${target('next')}$`));
      const next = /,<([^>]*)>/.exec(headers['link'] ?? '')?.[1] ?? '';
      const rest = await follow(new URL(next, service.url));
      expect(rest.ids).toEqual(['link 1']);
      expect(rest.headers['link']).toMatch(RegExp(`^${target('first')}$`));
    }
    const { headers } = await list(service.url, { page_size: '501' });
    expect(headers['link']).toContain('?page_size=500&');
  });

  it('answers HEAD with the headers of GET', async () => {
    await postClient(service.url, { client_id: 'head', owner: 'head' });
    const path = `${service.url}/admin/clients?include_total=true&owner=head`;
    const [get, head] = await Promise.all([request(path), request(path, { method: 'HEAD' })]);
    expect([get.status, head.status, head.text]).toEqual([200, 200, '']);
    for (const name of ['link', 'x-total-count', 'content-type', 'content-length', 'cache-control'])
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    expect(head.headers['x-total-count']).toBe('1');
  });

  it.each(['ownr', 'metadata', '__proto__', 'constructor', 'toString', 'owner[]', 'Owner'])(
    'names %s, which is no parameter, whatever it holds',
    async (name) => {
      for (const value of ['x', '']) await expectRefused(service.url, [[name, value]], name);
    },
  );
});

/** Each parameter that takes one value, with one that it takes and the most characters that it may have. */
const SINGLE: [name: string, good: string, max: number][] = [
  ['page_size', '5', 16],
  ['page_token', '', 8192],
  ['client_name', 'Orders', 512],
  ['owner', 'team', 512],
  ['token_endpoint_auth_method', 'none', 1024],
  ['grant_type', 'client_credentials', 1024],
  ['response_type', 'code', 1024],
  ['scope', 'openid', 8192],
  ['redirect_uri', 'https://app.example.com/cb', 2048],
  ['created_after', '2026-01-31T12:00:00Z', 64],
  ['created_before', '2026-01-31T12:00:00Z', 64],
  ['updated_after', '2026-01-31T12:00:00Z', 64],
  ['search', 'ord', 1024],
  ['sort', '-updated_at', 64],
  ['fields', 'client_id', 4096],
  ['include_total', 'true', 16],
];

describe.each(SETTINGS)('the parameters of a list, $setting', ({ start, open }) => {
  const service = useService(start, open);
  beforeAll(async () => {
    for (const client_id of ['a', 'b', 'c', 'd', 'e'])
      await postClient(service.url, { client_id, client_name: client_id });
  });

  it.each(SINGLE)('%s counts as not given while it is empty', async (name, good) => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    expect((await list(service.url, { [name]: '' })).ids).toEqual(all);
    const both = await list(service.url, [
      [name, ''],
      [name, good],
      [name, ''],
    ]);
    const once = await list(service.url, { [name]: good });
    expect([both.status, both.ids]).toEqual([200, once.ids]);
  });

  it('takes an empty client_id for none, too', async () => {
    expect((await list(service.url, { client_id: '' })).ids).toHaveLength(5);
    expect(
      (
        await list(service.url, [
          ['client_id', ''],
          ['client_id', 'b'],
        ])
      ).ids,
    ).toEqual(['b']);
  });

  it.each(SINGLE)('%s may be given again: its first value counts', async (name, good) => {
    const once = await list(service.url, { [name]: good || 'x' });
    const again = await list(service.url, [
      [name, good || 'x'],
      [name, 'y\0'],
    ]);
    expect([again.status, again.text, again.headers['link']]).toEqual([once.status, once.text, once.headers['link']]);
  });

  it('takes the limit of old SDKs for page_size, and no offset but 0', async () => {
    const page = await list(service.url, { limit: '2', offset: '0' });
    expect(page.ids).toEqual(['a', 'b']);
    expect((await follow(String(page.next))).ids).toEqual(['c', 'd']);
    expect(page.headers['link']).not.toMatch(/limit|offset/);
    expect((await list(service.url, { limit: '2', page_size: '3', offset: '' })).ids).toEqual(['a', 'b', 'c']);
    for (const offset of ['1', '-1', '100', 'x', '0x0']) {
      const { status, body } = await list(service.url, { limit: '2', offset });
      expect([offset, status]).toEqual([offset, 400]);
      expect(body['error_description']).toMatch(/^offset .*page_token/);
    }
    await expectRefused(service.url, { limit: 'x' }, 'limit');
  });

  it.each(SINGLE)('%s is named when it holds NUL or is too long', async (name, good, max) => {
    for (const query of [
      [[name, `${good}\0`]] as [string, string][],
      [[name, '1'.repeat(max + 1)]] as [string, string][],
    ])
      await expectRefused(service.url, query, name);
  });

  it.each([
    'client_name',
    'owner',
    'token_endpoint_auth_method',
    'grant_type',
    'response_type',
    'redirect_uri',
    'search',
  ])('%s may be as long as its limit, and matches nothing when nothing has it', async (name) => {
    const max = SINGLE.find(([single]) => single === name)?.[2] ?? 0;
    for (const value of ['1'.repeat(max), 'nobody', '1; DROP TABLE oauth2_client']) {
      const { status, text } = await list(service.url, { [name]: value });
      expect([value, status, text]).toEqual([value, 200, '[]']);
    }
  });

  it('names a client_id that is too long or holds NUL among good ones', async () => {
    for (const bad of ['x'.repeat(256), 'a\0b'])
      await expectRefused(
        service.url,
        [
          ['client_id', 'a'],
          ['client_id', bad],
        ],
        'client_id',
      );
    expect((await list(service.url, { client_id: 'x'.repeat(255) })).text).toBe('[]');
  });

  it('refuses more parameters than a Link header could repeat, and drops none', async () => {
    const many = Array.from({ length: 1000 }, (_, at): [string, string] => ['client_id', String(at)]);
    await expectRefused(service.url, [...many, ['owner', 'nobody']], 'The');
    expect((await list(service.url, [...many.slice(0, 400), ['owner', 'nobody']])).text).toBe('[]');
  });

  it.each([
    'name',
    'id',
    'client_ID',
    '-',
    '--client_id',
    '+client_id',
    'client_id-',
    'client_id,owner',
    '__proto__',
    'toString',
  ])('names sort when it is %s', (sort) => expectRefused(service.url, { sort }, 'sort'));

  it.each([
    ['client_secret', 'a secret'],
    ['hash', 'a secret'],
    ['registrationTokenDigest', 'a secret'],
    ['registration_access_token', 'a secret'],
    ['registration_client_uri', 'not shown again'],
    ['version', 'no member'],
    ['__proto__', 'no member'],
    ['constructor', 'no member'],
    ['Client_id', 'no member'],
    ['metadata.a', 'no member'],
    ['*', 'no member'],
  ])('names fields when it asks for %s, %s', async (member) => {
    await expectRefused(service.url, { fields: member }, 'fields');
    await expectRefused(service.url, { fields: `client_id,${member}` }, 'fields');
  });

  it('shows the members that fields asks for, with every digit of metadata', async () => {
    const metadata = '{"big":12345678901234567890,"fields":"client_id","exact":[1.0,1e2,-0]}';
    const members = `"owner":"digits","metadata":${metadata},"redirect_uris":["https://a.example/"]`;
    expect((await post(`${service.url}/admin/clients`, `{"client_id":"digits",${members}}`)).status).toBe(201);
    const shown = async (fields: string) => (await list(service.url, { owner: 'digits', fields })).text;
    expect(await shown('metadata')).toBe(`[{"metadata":${metadata}}]`);
    expect(await shown('metadata, client_id,metadata')).toBe(`[{"client_id":"digits","metadata":${metadata}}]`);
    // Left out of a document while it is unset.
    expect(await shown('jwks_uri,redirect_uris')).toBe('[{"redirect_uris":["https://a.example/"]}]');
    const [all] = (await list(service.url, { owner: 'digits' })).clients;
    expect(JSON.parse(await shown(Object.keys(all ?? {}).join(',')))).toEqual([all]);
    await request(`${service.url}/admin/clients/digits`, { method: 'DELETE' });
  });

  it('counts the clients of all pages when it is asked to, and only then', async () => {
    const total = async (query: Query) => (await list(service.url, query)).headers['x-total-count'];
    expect(await total({ include_total: 'true', page_size: '2' })).toBe('5');
    expect(await total({ include_total: 'true', client_id: 'a', sort: '-created_at' })).toBe('1');
    expect(await total({ include_total: 'true', search: 'nobody' })).toBe('0');
    for (const none of ['', 'include_total=false', 'include_total=']) expect(await total(none)).toBeUndefined();
    const next = /page_token=([\w-]+)[^>]*>; rel="next"/.exec(
      (await list(service.url, { page_size: '2' })).headers['link'] ?? '',
    )?.[1];
    const later = await list(service.url, { page_token: next ?? '', page_size: '2', include_total: 'true' });
    expect([later.ids, later.headers['x-total-count']]).toEqual([['c', 'd'], '5']);
    for (const include_total of ['TRUE', '1', 'yes', 'toString'])
      await expectRefused(service.url, { include_total }, 'include_total');
  });
});
