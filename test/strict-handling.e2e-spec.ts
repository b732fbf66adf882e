import { describe, expect, it } from '@jest/globals';
import { prefersStrict } from '../src/http/prefer.js';
import { nearestName } from '../src/oauth-error/nearest-name.js';
import { EACH_WAY } from './support/app.js';
import type { Answer } from './support/http.js';
import { add, MERGE_PATCH } from './support/json-patch.js';
import { post, postClient } from './support/http.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const STRICT = { prefer: 'handling=strict' };

/** Pointers of the faults of an answer, after its status. */
function faults({ status, body }: Answer): unknown[] {
  return [status, ...((body['errors'] as { pointer: string }[] | undefined) ?? []).map(({ pointer }) => pointer)];
}

describe.each(EACH_WAY)('Prefer: handling=strict (RFC 7240), $setting', ({ start, open }) => {
  const service = useService(start, open);
  const clients = () => `${service.url}/admin/clients`;

  it('refuses a create with unknown members, names each with the known one that was meant, and creates nothing', async () => {
    const rows = await service.rowCount();
    const members = { redirect_uri: ['https://a.example/cb'], clientName: 'a', nickname: 'b', scope: 1 };
    const answer = await post(clients(), members, STRICT);
    expect(answer.body['errors']).toEqual([
      {
        pointer: '/redirect_uri',
        detail: 'redirect_uri is not a known member: use redirect_uris, or leave it out.',
      },
      { pointer: '/clientName', detail: 'clientName is not a known member: use client_name, or leave it out.' },
      { pointer: '/nickname', detail: 'nickname is not a known member: leave it out.' },
      { pointer: '/scope', detail: 'scope must be a string.' },
    ]);
    expect([answer.status, answer.headers['preference-applied']]).toEqual([400, 'handling=strict']);
    expect(await service.rowCount()).toBe(rows);
  });

  it('is applied to every request with a body, and said to be in the response', async () => {
    const subject = await Subject.create(service);
    const bodies: [method: string, path: string, good: unknown, bad: unknown][] = [
      ['PUT', '', { owner: 'a' }, { owners: 'a' }],
      ['PATCH', '', [add('/owner', 'b')], [add('/owners', 'b')]],
      ['PUT', '/lifespans', {}, { client_name: 'a' }],
      ['POST', '/secrets', { label: 'a' }, { labels: 'a' }],
      ['POST', '/secrets/rotate', { grace: '1h' }, { graces: '1h' }],
    ];
    for (const [method, path, good, bad] of bodies) {
      const refused = await subject.refuses(method, path, bad, { headers: STRICT });
      expect([method, path, ...faults(refused)]).toEqual([method, path, 400, expect.stringMatching(/^\/\w+$/)]);
      const lenient = await subject.send(method, path, bad);
      const strict = await subject.send(method, path, good, STRICT);
      const applied = [refused, lenient, strict].map(({ headers }) => headers['preference-applied']);
      expect([lenient.status < 300, strict.status < 300, applied]).toEqual([
        true,
        true,
        ['handling=strict', undefined, 'handling=strict'],
      ]);
    }
  });

  it('takes a client back as it was read, and language-tagged members (RFC 7591 §2.2)', async () => {
    const subject = await Subject.create(service, { client_name: 'a', metadata: { Client_Name: 1 } });
    const { body, text } = await subject.get();
    const back = await subject.send('PUT', '', { ...body, suspended: false }, STRICT);
    expect([back.status, back.text]).toEqual([200, text]);
    const tagged = await subject.send('PUT', '', { ...body, 'client_name#ja-Jpan': 'ア' }, STRICT);
    expect([tagged.status, tagged.body['client_name#ja-Jpan']]).toEqual([200, 'ア']);
    expect(faults(await subject.send('PUT', '', { 'clientname#ja': 'ア' }, STRICT))).toEqual([400, '/clientname#ja']);
  });

  it('judges the members of each use that is reported', async () => {
    const url = `${clients()}/activity`;
    const use = { client_id: 'a', used_at: '2026-01-31T12:00:00Z' };
    const uses = [use, { ...use, usedat: '', secret: null }];
    const refused = await post(url, { uses, use: [] }, STRICT);
    expect([refused.status, refused.body['errors']]).toEqual([
      400,
      [
        { pointer: '/use', detail: 'use is not a known member: use uses, or leave it out.' },
        {
          pointer: '/uses/1/usedat',
          detail: 'uses[1].usedat is not a known member: use used_at, or leave it out.',
        },
        { pointer: '/uses/1/secret', detail: 'uses[1].secret is not a known member: use secret_id, or leave it out.' },
      ],
    ]);
    const wrongCase = await post(url, { uses: [use, { ...use, Used_At: '' }] });
    expect([wrongCase.status, wrongCase.body['error_description']]).toEqual([
      400,
      'uses[1].Used_At differs from used_at only by case: write used_at.',
    ]);
    const many = { uses: Array.from({ length: 30 }, () => ({ ...use, at: '' })) };
    expect((await post(url, many, STRICT)).body['errors']).toHaveLength(20);
    expect([(await post(url, { uses }, {})).status, (await post(url, { uses: [use] }, STRICT)).status]).toEqual([
      202, 202,
    ]);
  });

  it('judges what a merge patch sets and what it removes', async () => {
    const subject = await Subject.create(service);
    const headers = { ...STRICT, 'content-type': MERGE_PATCH };
    for (const patch of [{ nickname: 'a' }, { nickname: null }])
      expect(faults(await subject.refuses('PATCH', '', patch, { headers }))).toEqual([400, '/nickname']);
    expect((await subject.patch({ nickname: null }, MERGE_PATCH)).status).toBe(200);
  });

  it('names at most twenty members, with the beginning of a long name', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${'n'.repeat(1000)}/${at}`, at]));
    const answer = await post(clients(), many, STRICT);
    const errors = answer.body['errors'] as { pointer: string; detail: string }[];
    expect(errors).toHaveLength(20);
    for (const { pointer, detail } of errors)
      expect([pointer, detail]).toEqual([
        `/${'n'.repeat(255)}`,
        `${'n'.repeat(64)} is not a known member: leave it out.`,
      ]);
  });

  it('is not needed for a member that differs from a known one only by case: it is refused always', async () => {
    expect(faults(await postClient(service.url, { Client_Name: 'a', nickname: 'b' }))).toEqual([400, '/Client_Name']);
    const subject = await Subject.create(service);
    const refused = [
      await subject.refuses('PUT', '', { 'CLIENT_NAME#fr': 'a' }),
      await subject.refuses('PUT', '/lifespans', { IMPLICIT_grant_id_token_lifespan: '1h' }),
      await subject.refuses('POST', '/secrets', { Label: 'a' }),
      await subject.refuses('POST', '/secrets/rotate', { Grace: '1h' }),
      await subject.refuses('PATCH', '', [add('/Owner', 'a')]),
      await subject.refuses('PATCH', '', { Owner: null }, { headers: { 'content-type': MERGE_PATCH } }),
    ];
    expect(refused.map(({ body }) => body['error_description'])).toEqual([
      'CLIENT_NAME#fr differs from client_name only by case: write client_name.',
      expect.stringContaining('write implicit_grant_id_token_lifespan.'),
      'Label differs from label only by case: write label.',
      'Grace differs from grace only by case: write grace.',
      'Owner differs from owner only by case: write owner.',
      'Owner differs from owner only by case: write owner.',
    ]);
  });
});

describe('the header Prefer', () => {
  it.each([
    'handling=strict',
    'Handling = "strict"; wait=1',
    'respond-async, handling=strict',
    'a="x, handling=lenient", handling=strict, handling=lenient',
  ])('asks for strict handling: %s', (header) => expect(prefersStrict(header)).toBe(true));

  it.each([
    undefined,
    '',
    'handling',
    'handling=lenient, handling=strict',
    'handling=stricter',
    'return=minimal',
    'a="handling=strict"',
    'a="x, handling=strict',
    'xhandling=strict',
  ])('does not: %s', (header) => expect(prefersStrict(header)).toBe(false));
});

describe('the name that was meant', () => {
  const known = ['client_name', 'redirect_uris', 'scope', 'token_endpoint_auth_method'];
  it.each([
    ['clientname', 'client_name'],
    ['redirect-uri', 'redirect_uris'],
    ['tokenEndpointAuthMethods', 'token_endpoint_auth_method'],
    ['scopse', 'scope'],
    ['colour', undefined],
    ['', undefined],
    [`${'_'.repeat(60)}scope`, undefined],
  ])('of %s is %s', (name, meant) => expect(nearestName(name, known)).toBe(meant));
});
