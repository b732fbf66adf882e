import { describe, expect, it } from '@jest/globals';
import { SecretsService } from '../src/index.js';
import { SETTINGS } from './support/app.js';
import { type Answer, type Call, request, tagOf, versionOf } from './support/http.js';
import { MERGE_PATCH } from './support/json-patch.js';
import { startProcess } from './support/process.js';
import { use, useService } from './support/use.js';

const LIFESPAN = 'implicit_grant_id_token_lifespan';
const ROUNDS = 5;

const range = <T>(length: number, make: (at: number) => T) => Array.from({ length }, (_, at) => make(at));
const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);
const changeOf = (answer: Answer) => versionOf(tagOf(answer));
const inOrder = (answers: readonly Answer[]) => answers.toSorted((one, other) => changeOf(one) - changeOf(other));
const secretOf = ({ body }: Pick<Answer, 'body'>) => String(body['client_secret']);
const hintOf = (answer: Answer) => secretOf(answer).slice(-4);

describe.each(SETTINGS)('writers at the same time, $setting', ({ start, open, isPostgres, isStandalone }) => {
  /** Looks at the database beside the writers. */
  const judge = useService(start, open);
  const writers = use(async (keep) => {
    const environment = { DATABASE_URL: judge.database.url, LOG_LEVEL: 'warn' };
    // On PostgreSQL requests go to two processes in turn; a host that embeds the registry is one of them.
    const others = isPostgres ? (isStandalone ? 2 : 1) : 0;
    const processes = await Promise.all(range(others, () => keep(startProcess(environment))));
    return { urls: [...(others === 2 ? [] : [judge.url]), ...processes.map(({ url }) => url)] };
  });
  let sent = 0;

  function send(method: string, path: string, { body, headers }: Call = {}): Promise<Answer> {
    sent += 1;
    return request(`${writers.urls[sent % writers.urls.length]}/admin/clients${path}`, { method, body, headers });
  }

  /** A new client: its path, and the answer that tells its secret. */
  async function created(body: object = {}): Promise<{ id: string; path: string; first: Answer }> {
    const first = await send('POST', '', { body });
    const id = String(first.body['client_id']);
    return { id, path: `/${id}`, first };
  }

  /** Hashing takes a while between reading and writing, so that changes meet within one process too. */
  const addKey = (path: string, key: string, value: unknown) =>
    send('PATCH', path, {
      body: [
        { op: 'add', path: `/metadata/${key}`, value },
        { op: 'add', path: '/client_secret', value: `chosen with ${key}` },
      ],
    });
  const mergeKey = (path: string, key: string, value: unknown) =>
    send('PATCH', path, { body: { metadata: { [key]: value } }, headers: { 'content-type': MERGE_PATCH } });
  const rotate = (path: string) => send('POST', `${path}/secrets/rotate`);

  async function secrets(path: string): Promise<{ id: string; hint: string }[]> {
    return JSON.parse((await send('GET', `${path}/secrets`)).text) as { id: string; hint: string }[];
  }

  function works(id: string, answers: readonly Pick<Answer, 'body'>[]): Promise<boolean[]> {
    return Promise.all(answers.map((answer) => judge.get(SecretsService).verify(id, secretOf(answer))));
  }

  it('have all of 20 patches of different keys in the result, each as a version of its own', async () => {
    const { path } = await created();
    const patches = await Promise.all(
      range(20, (at) => (at % 2 === 0 ? addKey : mergeKey)(path, `key${at}`, { value: at })),
    );
    expect(statusesOf(patches)).toEqual(Array(20).fill(200));
    expect(inOrder(patches).map(changeOf)).toEqual(range(20, (at) => at + 2));
    const now = await send('GET', path);
    expect(now.body['metadata']).toEqual(Object.fromEntries(range(20, (at) => [`key${at}`, { value: at }])));
    const last = inOrder(patches).at(-1);
    expect(tagOf(now)).toBe(last && tagOf(last));
    expect(last?.text).toContain(now.text.slice(0, -1));
  });

  it('keep out of each other’s members, whatever kind of change they make', async () => {
    const { id, path, first } = await created({ redirect_uris: ['https://a.example/0'] });
    const changes = await Promise.all([
      send('PATCH', path, { body: [{ op: 'replace', path: '/client_name', value: 'Orders' }] }),
      send('PATCH', path, { body: { owner: 'team' }, headers: { 'content-type': MERGE_PATCH } }),
      send('PUT', `${path}/lifespans`, { body: { [LIFESPAN]: '1.50h' } }),
      ...range(5, (at) =>
        send('PATCH', path, { body: [{ op: 'add', path: '/redirect_uris/-', value: `https://a.example/${at + 1}` }] }),
      ),
      rotate(path),
      rotate(path),
      send('POST', `${path}/secrets`, { body: { client_secret: 'a chosen secret' } }),
    ]);
    expect(statusesOf(changes)).toEqual([...Array(10).fill(200), 201]);
    const { body, headers } = await send('GET', path);
    expect(body).toMatchObject({ client_name: 'Orders', owner: 'team', [LIFESPAN]: '1.50h' });
    expect((body['redirect_uris'] as string[]).toSorted()).toEqual(range(6, (at) => `https://a.example/${at}`));
    expect(headers['etag']).toContain('.12.');
    expect(await works(id, [first, ...changes.slice(-3)])).toEqual(Array(4).fill(true));
  });

  it('lose no secret that a rotation handed out, within the number that is kept', async () => {
    const { id, path, first } = await created();
    const rotations = inOrder(await Promise.all(range(5, () => rotate(path))));
    expect(statusesOf(rotations)).toEqual(Array(5).fill(200));
    expect(new Set(rotations.map(secretOf)).size).toBe(5);
    expect(await works(id, [first, ...rotations])).toEqual(Array(6).fill(true));
    expect((await secrets(path)).map(({ hint }) => hint)).toEqual([first, ...rotations].toReversed().map(hintOf));
  });

  it('leave the newest six of more secrets, the current one being that of the highest version', async () => {
    const { id, path, first } = await created();
    const rotations = inOrder(await Promise.all(range(12, () => rotate(path))));
    expect(statusesOf(rotations)).toEqual(Array(12).fill(200));
    const kept = rotations.slice(-6);
    expect(await works(id, [first, ...rotations])).toEqual([...Array(7).fill(false), ...Array(6).fill(true)]);
    expect((await secrets(path)).map(({ hint }) => hint)).toEqual(kept.toReversed().map(hintOf));
  });

  it('add and rotate secrets side by side without losing one', async () => {
    const { id, path, first } = await created();
    const answers = await Promise.all([
      ...range(2, () => rotate(path)),
      ...range(3, (at) => send('POST', `${path}/secrets`, { body: { client_secret: `chosen ${at}` } })),
    ]);
    expect(statusesOf(answers)).toEqual([200, 200, 201, 201, 201]);
    expect(await works(id, [first, ...answers])).toEqual(Array(6).fill(true));
  });

  it('let one of many replacements of the same state through, and that one stands', async () => {
    const { id, path, first } = await created();
    const headers = { 'if-match': tagOf(first) };
    const answers = await Promise.all(
      range(10, (at) => send('PUT', path, { body: { client_name: 'Orders', client_secret: `chosen ${at}` }, headers })),
    );
    expect(statusesOf(answers)).toEqual([200, ...Array(9).fill(412)]);
    const { body, headers: now } = await send('GET', path);
    expect([body['client_name'], now['etag']]).toEqual(['Orders', expect.stringContaining('.2.')]);
    const chosen = range(10, (at) => ({ body: { client_secret: `chosen ${at}` } }));
    expect(await works(id, chosen)).toEqual(answers.map(({ status }) => status === 200));
  });

  it('never revoke the last two secrets at once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { path } = await created();
      await rotate(path);
      const two = await secrets(path);
      const answers = await Promise.all(two.map((secret) => send('DELETE', `${path}/secrets/${secret.id}`)));
      expect(statusesOf(answers)).toEqual([204, 409]);
      const kept = two.filter((_, at) => answers[at]?.status === 409);
      expect(await secrets(path)).toEqual(kept);
    }
  });

  it('are not drawn into the failure of another one, and no failure leaves anything behind', async () => {
    const { path } = await created({ client_id: 'taken' });
    const { path: other } = await created();
    const rowsBefore = await judge.rowCount();
    await created({ client_id: 'measure', scope: 'a' });
    const rows = (await judge.rowCount()) - rowsBefore;
    const before = await judge.rowCount();
    /** Each of the changes that count has a row in the journal. */
    const changes = 8 + 8;
    const stale = { 'if-match': '"stale"' };
    const [bad, good] = await Promise.all([
      Promise.all(
        range(8, (at) => [
          send('POST', '', { body: { client_id: 'taken', owner: `thief${at}`, scope: 'b c' } }),
          send('PATCH', path, { body: [{ op: 'add', path: '/redirect_uris/-', value: 'https://a.example/#x' }] }),
          send('PATCH', other, { body: [{ op: 'test', path: '/owner', value: 'nobody' }] }),
          send('PUT', other, { body: { client_name: 'stale' }, headers: stale }),
          send('DELETE', path, { headers: stale }),
          send('POST', `${other}/secrets`, { body: { expires_at: 1 } }),
        ]).flat(),
      ),
      Promise.all(
        range(8, (at) => [
          addKey(path, `key${at}`, at),
          mergeKey(other, `key${at}`, at),
          send('POST', '', { body: { client_id: `good${at}`, scope: 'a' } }),
        ]).flat(),
      ),
    ]);
    const refused = [400, 400, 400, 409, 412, 412].flatMap((status) => Array<number>(8).fill(status));
    expect(statusesOf(bad)).toEqual(refused.toSorted((a, b) => a - b));
    expect(statusesOf(good)).toEqual([...Array(16).fill(200), ...Array(8).fill(201)]);
    for (const changed of [path, other]) {
      const { body, headers } = await send('GET', changed);
      expect(body['metadata']).toEqual(Object.fromEntries(range(8, (at) => [`key${at}`, at])));
      expect([headers['etag'], body['owner'], body['client_name']]).toEqual([expect.stringContaining('.9.'), '', '']);
    }
    for (const { body, text } of good.filter(({ status }) => status === 201))
      expect(text).toContain((await send('GET', `/${String(body['client_id'])}`)).text.slice(0, -1));
    expect((await judge.rowCount()) - before).toBe(8 * rows + changes);
  });

  it('leave nothing of a client that is removed among its changes', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await judge.rowCount();
      const { path } = await created({ scope: 'a b' });
      const change = (at: number) => [
        send('PATCH', path, { body: [{ op: 'replace', path: '/client_name', value: `Word${at} and more` }] }),
        addKey(path, `key${at}`, at),
        rotate(path),
      ];
      const answers = await Promise.all([
        ...range(4, change).flat(),
        ...range(2, () => send('DELETE', path)),
        ...range(4, change).flat(),
      ]);
      const [removals, changes] = [answers.splice(12, 2), answers];
      expect(statusesOf(removals)).toEqual([204, 404]);
      expect(changes.filter(({ status }) => ![200, 404].includes(status))).toEqual([]);
      expect((await send('GET', path)).status).toBe(404);
      // The journal keeps each of its versions, the removal included.
      const [{ kept, last }] = await judge.dataSource.query<[{ kept: string; last: string }]>(
        `SELECT count(*) AS kept, max(version) AS last FROM oauth2_client_change WHERE client_id = '${path.slice(1)}'`,
      );
      expect(Number(kept)).toBe(Number(last));
      expect(await judge.rowCount()).toBe(before + Number(kept));
    }
  });
});
