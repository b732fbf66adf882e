import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from './support/app.js';
import { postClient, request, type Answer } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { list } from './support/lists.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const STRICT = { prefer: 'handling=strict' };
const URI = 'https://app.example.com/de';
const MEMBERS = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri'];
const TAGGED = {
  'client_name#de': 'Bestellungen',
  'client_name#ja-Hani-JP': '注文',
  ...Object.fromEntries(MEMBERS.map((name) => [`${name}#de`, URI])),
};

const faultsOf = ({ status, body }: Answer) => [
  status,
  ...((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer),
];
const tagged = (body: object) => Object.fromEntries(Object.entries(body).filter(([name]) => name.includes('#')));

describe.each(SETTINGS)('members with language tags, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('come back as they were sent, change with the client and go with a PUT that lacks them', async () => {
    const subject = await Subject.create(service, { client_name: 'Orders', ...TAGGED });
    const { body, headers } = await subject.get();
    expect(tagged(body)).toEqual(TAGGED);
    const reversed = Object.fromEntries(Object.entries(body).toReversed());
    const again = await subject.send('PUT', '', reversed, STRICT);
    expect([again.status, again.headers['etag']]).toEqual([200, headers['etag']]);
    expect(tagged((await subject.send('PUT', '/lifespans', {})).body)).toEqual(TAGGED);
    const fewer = await subject.send('PUT', '', { 'client_name#de': 'Neu', 'client_name#fr': null, 'tos_uri#de': '' });
    expect(tagged(fewer.body)).toEqual({ 'client_name#de': 'Neu' });
    expect(tagged((await subject.get()).body)).toEqual({ 'client_name#de': 'Neu' });
  });

  it('have one spelling: tags that differ only by case are the same', async () => {
    const sent = { 'client_name#DE-de': 'a', 'client_name#JA-hani-jp': 'b', 'client_name#EN-X-Us-ABCD': 'c' };
    const subject = await Subject.create(service, sent);
    const kept = { 'client_name#de-DE': 'a', 'client_name#ja-Hani-JP': 'b', 'client_name#en-x-us-abcd': 'c' };
    expect(tagged((await subject.get()).body)).toEqual(kept);
    const twice = { 'client_name#de': 'a', 'client_name#DE': 'b' };
    expect(faultsOf(await postClient(service.url, twice))).toEqual([400, '/client_name#DE']);
    expect(faultsOf(await subject.patch(twice, MERGE_PATCH))).toEqual([400, '/client_name#DE']);
  });

  it('can be patched, in whatever case', async () => {
    const subject = await Subject.create(service, { 'client_name#de': 'alt' });
    const patched = await subject.patch([
      { op: 'test', path: '/client_name#DE', value: 'alt' },
      { op: 'copy', from: '/client_name#DE', path: '/client_name#at' },
      { op: 'replace', path: '/client_name#De', value: 'neu' },
      { op: 'replace', path: '/client_name#fr', value: 'nouveau' },
      { op: 'add', path: '/logo_uri#FR', value: URI },
      { op: 'remove', path: '/client_name#AT' },
    ]);
    const expected = { 'client_name#de': 'neu', 'client_name#fr': 'nouveau', 'logo_uri#fr': URI };
    expect([patched.status, tagged(patched.body)]).toEqual([200, expected]);
    const merge = { 'client_name#DE': 'noch neuer', 'client_name#fr': null, 'tos_uri#fr': URI };
    expect(tagged((await subject.patch(merge, MERGE_PATCH)).body)).toEqual({
      'client_name#de': 'noch neuer',
      'logo_uri#fr': URI,
      'tos_uri#fr': URI,
    });
    const wrong = await subject.patch([{ op: 'add', path: '/client_name#d_e', value: 'x' }]);
    expect(faultsOf(wrong)).toEqual([400, '/client_name#d_e']);
    expect(faultsOf(await subject.patch({ 'client_name#': null }, MERGE_PATCH))).toEqual([400, '/client_name#']);
  });

  it.each([
    '',
    'd',
    '-de',
    'de-',
    'de--DE',
    'de_DE',
    'de DE',
    'de-ü',
    '1a',
    'a-b',
    `x-${'a'.repeat(9)}`,
    '*',
    'de#fr',
    'x',
    `de-${'abcde-'.repeat(6)}`,
  ])('are refused with the tag %j, which is none', async (tag) => {
    const before = await service.rowCount();
    const name = `client_name#${tag}`;
    expect(faultsOf(await postClient(service.url, { [name]: 'x' }))).toEqual([400, `/${name}`]);
    expect(await service.rowCount()).toBe(before);
  });

  it.each(['de', 'zh-yue-Hant-HK', 'sl-rozaj-biske', 'de-CH-1901', 'es-419', 'en-u-ca-buddhist', 'x-private'])(
    'are taken with the tag %s',
    async (tag) => {
      expect(tagged((await postClient(service.url, { [`client_name#${tag}`]: 'x' })).body)).toEqual({
        [`client_name#${tag}`]: 'x',
      });
    },
  );

  it('are at most 100', async () => {
    const names = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`client_name#de-x-${at}`, `Name ${at}`]));
    const { status, body } = await postClient(service.url, names(100));
    expect([status, Object.keys(tagged(body)).length]).toEqual([201, 100]);
    for (const count of [101, 1000])
      expect(faultsOf(await postClient(service.url, names(count)))).toEqual([400, '/client_name#de-x-100']);
  });

  it('obey the rules of their member', async () => {
    const bad = { 'client_name#de': 'n'.repeat(513), 'logo_uri#de': 'javascript:alert(1)', 'tos_uri#de': 5 };
    const pointers = Object.keys(bad).map((name) => `/${name}`);
    expect(faultsOf(await postClient(service.url, bad))).toEqual([400, ...pointers]);
  });

  it('exist of five members only: others are unknown', async () => {
    const body = { 'redirect_uris#de': ['x'], 'scope#de': 'x', 'client_id#de': 'x' };
    const taken = await postClient(service.url, body);
    expect([taken.status, tagged(taken.body)]).toEqual([201, {}]);
    const strict = await request(`${service.url}/admin/clients`, { method: 'POST', body, headers: STRICT });
    expect(faultsOf(strict)).toEqual([400, ...Object.keys(body).map((name) => `/${name}`)]);
    expect(faultsOf(await postClient(service.url, { 'Client_Name#de': 'x' }))).toEqual([400, '/Client_Name#de']);
  });

  it('are in history, come back with a revert, and can be chosen in a list, but are not searched', async () => {
    const subject = await Subject.create(service, { 'client_name#de': 'Unverwechselbar' });
    await subject.done('PUT', '', { client_name: 'plain' });
    const { body } = await subject.send('GET', '/changes/2');
    expect(body['members']).toEqual(['client_name', 'client_name#de']);
    expect(body['patch']).toEqual(expect.arrayContaining([{ op: 'remove', path: '/client_name#de' }]));
    const reverted = await subject.send('POST', '/revert', { version: 1 });
    expect(tagged(reverted.body)).toEqual({ 'client_name#de': 'Unverwechselbar' });
    const { refused, ids } = await list(service.url, { search: 'unverwechselbar' });
    expect([refused, ids]).toEqual([undefined, []]);
    const query = new URLSearchParams({ fields: 'client_name#DE', client_id: subject.id });
    const chosen = await request(`${service.url}/admin/clients?${query.toString()}`);
    expect(JSON.parse(chosen.text)).toEqual([{ 'client_name#de': 'Unverwechselbar' }]);
  });
});
