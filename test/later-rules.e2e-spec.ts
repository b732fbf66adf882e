import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { postClient, type Answer } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { PUBLIC_KEY, Subject } from './support/subject.js';
import { useService } from './support/use.js';

const WEAK = { kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB' };
const REDIRECTS = ['https://one.example/cb', 'https://two.example/cb'];

/** Members that today's rules refuse, and a change of the same members that they refuse as well. */
const PAST: [what: string, stored: object, worse: object, pointer: string][] = [
  [
    'weak keys',
    { jwks: { keys: [WEAK, { ...PUBLIC_KEY, use: 'signature' }] } },
    { jwks: { keys: [WEAK] } },
    '/jwks/keys/0/n',
  ],
  [
    'pairwise subjects in tokens that show them',
    { subject_type: 'pairwise', access_token_strategy: 'jwt', redirect_uris: [] },
    { access_token_strategy: 'JWT', subject_type: 'pairwise', redirect_uris: REDIRECTS },
    '/sector_identifier_uri',
  ],
  [
    'pairwise subjects without a sector',
    { subject_type: 'pairwise', redirect_uris: REDIRECTS },
    { redirect_uris: [...REDIRECTS, 'https://three.example/cb'] },
    '/sector_identifier_uri',
  ],
  [
    'a logout URI without a scheme',
    { redirect_uris: ['localhost:/cb'], post_logout_redirect_uris: ['localhost:3000/out'] },
    { post_logout_redirect_uris: ['localhost:3001/out'] },
    '/post_logout_redirect_uris/0',
  ],
];

describe.each(DATABASES)('rules that came later than a client, on $database', ({ open }) => {
  const service = useService(startStandalone, open);

  /** A client that was stored before there were rules for its members. */
  async function storedEarlier(members: object): Promise<Subject> {
    const subject = await Subject.create(service);
    const { body } = await subject.get();
    const document = JSON.stringify({ ...body, ...members }).replaceAll("'", "''");
    await service.dataSource.query(`UPDATE oauth2_client SET document = '${document}' WHERE id = '${subject.id}'`);
    expect((await subject.get()).body).toMatchObject(members);
    return subject;
  }
  const expectTaken = ({ status, body }: Answer, members: object) => {
    expect([status, body['errors']]).toEqual([200, undefined]);
    expect(body).toMatchObject(members);
  };

  it.each(PAST)('refuse a new client with %s', async (_, members) => {
    const { status, body } = await postClient(service.url, members);
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata']);
  });

  it.each(PAST)('let a client with %s be changed elsewhere, and sent back as it was read', async (_, members) => {
    const subject = await storedEarlier(members);
    const renamed = { ...members, client_name: 'Renamed' };
    expectTaken(await subject.patch([{ op: 'add', path: '/client_name', value: 'Renamed' }]), renamed);
    expectTaken(await subject.patch({ client_name: 'Again', ...members }, MERGE_PATCH), members);
    const before = await subject.get();
    const sent = await subject.send('PUT', '', before.body);
    expect([sent.status, sent.text, sent.headers['etag']]).toEqual([200, before.text, before.headers['etag']]);
    const reordered = Object.fromEntries(Object.entries(before.body).toReversed());
    expectTaken(await subject.send('PUT', '', { ...reordered, owner: 'team' }), { ...members, owner: 'team' });
    expectTaken(await subject.send('PUT', '/lifespans', {}), members);
    expectTaken(await subject.send('POST', '/secrets/rotate'), members);
  });

  it.each(PAST)('keep a client with %s from another wrong value', async (_, members, worse, pointer) => {
    const subject = await storedEarlier(members);
    const { body } = await subject.get();
    for (const change of [
      () => subject.patch(worse, MERGE_PATCH),
      () => subject.send('PUT', '', { ...body, client_name: 'Renamed', ...worse }),
    ]) {
      const before = await subject.state();
      const { status, body: refusal } = await change();
      expect([status, refusal['error']]).toEqual([400, 'invalid_client_metadata']);
      expect(refusal['errors']).toEqual([{ pointer, detail: refusal['error_description'] }]);
      expect(await subject.state()).toEqual(before);
    }
  });

  it.each(PAST)('let a client with %s be mended, and then hold for it', async (_, members) => {
    const subject = await storedEarlier(members);
    const mended = { jwks: null, subject_type: null, post_logout_redirect_uris: null };
    const { status, body } = await subject.patch(mended, MERGE_PATCH);
    expect([status, body['jwks'], body['subject_type']]).toEqual([200, {}, 'public']);
    expect((await subject.patch(members, MERGE_PATCH)).status).toBe(400);
  });

  it('judge a PUT after the client was found and its state compared', async () => {
    const wrong = { jwks: { keys: [WEAK] } };
    const subject = await Subject.create(service);
    const stale = await subject.send('PUT', '', wrong, { 'if-match': '"stale"' });
    expect(stale.status).toBe(412);
    await subject.send('DELETE');
    expect((await subject.send('PUT', '', wrong)).status).toBe(404);
    expect((await subject.send('PUT', '', { ...wrong, logo_uri: 'x' })).status).toBe(400);
  });
});
