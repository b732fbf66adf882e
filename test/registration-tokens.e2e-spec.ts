import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { MOST_TOKENS } from '../src/registration/tokens/initial-access-token-errors.js';
import { InitialAccessTokens } from '../src/registration/tokens/initial-access-tokens.js';
import { generateSecret } from '../src/secrets/generated/secret-format.js';
import { startStandalone } from './support/app.js';
import { DATABASES, POSTGRES } from './support/databases.js';
import { request, type Answer, type Call } from './support/http.js';
import { keptLog } from './support/log.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

const PATH = '/admin/registration-tokens';
const TABLE = 'oauth2_client_initial_token';
const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

interface Made {
  id: string;
  token: string;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe.each(DATABASES)('an initial access token, on $database,', ({ open }) => {
  const log = keptLog();
  const service = useService(startStandalone, open, { authenticators: [HONEST], logger: log.logger });
  const ask = (path: string, call: Call = {}, headers = as({})): Promise<Answer> =>
    request(service.url + PATH + path, { ...call, headers: { ...headers, ...call.headers } });
  const attempt = (body: object | string, headers?: Record<string, string>) =>
    ask('', { method: 'POST', body }, headers);
  const make = async (body: object = {}, headers?: Record<string, string>): Promise<Made> => {
    const { status, body: made } = await attempt({ label: 'test', ...body }, headers);
    expect([status, made['token']]).toEqual([201, expect.stringMatching(/^oait_\w{49}$/)]);
    return made as unknown as Made;
  };
  const list = async (headers?: Record<string, string>) =>
    JSON.parse((await ask('', {}, headers)).text) as { id: string; owner: string }[];
  const find = (token: string) => service.get(InitialAccessTokens).find(token);

  it('is shown once, and kept as a digest', async () => {
    const end = soon(3600);
    const body = { label: 'partner', policy: 'default', owner: 'team-a', expires_at: end, max_uses: 20 };
    const made = await attempt(body);
    const { token, ...known } = made.body;
    expect(known).toEqual({
      ...body,
      id: expect.any(String),
      uses: 0,
      last_used_at: null,
      created_at: expect.stringMatching(/^\d{4}-.+Z$/),
      created_by: { type: 'host', id: 'test' },
    });
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
    const listed = await ask('');
    expect(JSON.parse(listed.text)).toContainEqual(known);
    expect((await ask(`/${String(known['id'])}`)).body).toEqual(known);
    const digest = createHash('sha256').update(String(token)).digest('hex');
    const [row] = await service.dataSource.query<object[]>(
      `SELECT * FROM ${TABLE} WHERE id = '${String(known['id'])}'`,
    );
    expect(Object.values(row ?? {})).toContain(digest);
    expect(JSON.stringify(row)).not.toContain(String(token));
    const inProcess = await service.get(InitialAccessTokens).create('{"label":"here"}');
    expect([inProcess.shown.token, inProcess.created_by]).toEqual([inProcess.token, { type: 'host', id: '' }]);
    for (const text of [
      log.text(),
      listed.text,
      JSON.stringify(inProcess),
      inspect({ inProcess }, { showHidden: true }),
    ])
      for (const secret of [String(token), digest, inProcess.token]) expect(text).not.toContain(secret);
    expect(log.text()).toContain(`Initial access token ${String(known['id'])} ("partner") was made by host test.`);
  });

  it('is for one client under the default policy and without an end, unless its body says otherwise', async () => {
    const { body } = await attempt({ label: 'plain' });
    expect(body).toMatchObject({ policy: 'default', owner: '', expires_at: 0, max_uses: 1, uses: 0 });
  });

  it('is found by itself alone, and no longer once it is revoked, used up or has ended', async () => {
    const { id, token } = await make({ owner: 'team-a', policy: 'default', max_uses: 2, expires_at: soon(3600) });
    expect(await find(token)).toMatchObject({ id, label: 'test', policy: 'default', owner: 'team-a', maxUses: 2 });
    const wrong = [
      `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`,
      token.slice(0, 40),
      token.replace('oait_', 'oaak_'),
      generateSecret('oait_'),
      generateSecret('oaak_'),
      '',
    ];
    for (const one of wrong) expect(await find(one)).toBeUndefined();
    await service.dataSource.query(`UPDATE ${TABLE} SET uses = 1 WHERE id = '${id}'`);
    expect(await find(token)).toMatchObject({ id, uses: 1 });
    await service.dataSource.query(`UPDATE ${TABLE} SET uses = 2 WHERE id = '${id}'`);
    expect(await find(token)).toBeUndefined();
    await service.dataSource.query(`UPDATE ${TABLE} SET max_uses = 0 WHERE id = '${id}'`);
    expect(await find(token)).toMatchObject({ id });
    const later = Date.now() + 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    expect(await find(token)).toBeUndefined();
    jest.restoreAllMocks();
    expect((await ask(`/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await find(token)).toBeUndefined();
    const again = await ask(`/${id}`, { method: 'DELETE' });
    expect([again.status, again.body['error']]).toEqual([404, 'not_found']);
    expect((await ask(`/${id}`)).status).toBe(404);
    expect(log.text()).toContain(`Initial access token ${id} ("test") was revoked by host test.`);
  });

  it('of one owner is seen and revoked by callers of that owner and by those without one', async () => {
    const bound = as({ owner: 'team-a' });
    const own = await make({ label: 'own' }, bound);
    const free = await make({ owner: 'team-a' });
    const foreign = [await make({ owner: 'team-b' }), await make()];
    const seen = await list(bound);
    expect(new Set(seen.map(({ owner }) => owner))).toEqual(new Set(['team-a']));
    expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining([own.id, free.id]));
    const unknown = await ask(`/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, {}, bound);
    for (const { id, token } of foreign) {
      for (const method of ['GET', 'DELETE']) {
        const { status, text } = await ask(`/${id}`, { method }, bound);
        expect([status, text]).toEqual([404, unknown.text]);
      }
      expect(await find(token)).toBeDefined();
    }
    const refused = await attempt({ label: 'x', owner: 'team-b' }, bound);
    expect([refused.status, refused.body['error']]).toEqual([403, 'access_denied']);
    expect((await ask(`/${free.id}`, { method: 'DELETE' }, bound)).status).toBe(204);
    expect(await find(free.token)).toBeUndefined();
  });

  it('does not outlive the API key that makes it', async () => {
    const end = soon(7200);
    const maker = as({ type: 'api_key', expiresAt: end });
    for (const late of [0, end + 1]) {
      const { status, body } = await attempt({ label: 'x', expires_at: late }, maker);
      expect([status, body['error'], body['error_description']]).toEqual([
        403,
        'access_denied',
        expect.stringContaining(String(end)),
      ]);
    }
    expect((await attempt({ label: 'x', expires_at: end }, maker)).status).toBe(201);
  });

  it.each([
    ['no label', { label: undefined }, ['/label'], 'label must be given.'],
    ['a blank label', { label: ' ' }, ['/label'], 'label must not be blank.'],
    ['a long label', { label: 'n'.repeat(256) }, ['/label'], 'label must not be longer than 255 characters.'],
    ['a number as its label', { label: 7 }, ['/label'], 'label must be a string.'],
    ['a policy with a blank', { policy: 'a b' }, ['/policy'], expect.stringContaining('name of a policy')],
    [
      'a policy that there is not',
      { policy: 'gone' },
      ['/policy'],
      'policy must name a policy that there is: default.',
    ],
    ['a long policy', { policy: 'p'.repeat(65) }, ['/policy'], expect.stringContaining('64')],
    ['a long owner', { owner: 'o'.repeat(513) }, ['/owner'], expect.stringContaining('512')],
    ['an end in the past', { expires_at: 1 }, ['/expires_at'], 'expires_at must lie in the future, or be 0 for never.'],
    ['a negative end', { expires_at: -1 }, ['/expires_at'], expect.stringContaining('whole number')],
    ['negative uses', { max_uses: -1 }, ['/max_uses'], 'max_uses must be a whole number from 0 to 2147483647.'],
    ['a part of a use', { max_uses: 0.5 }, ['/max_uses'], expect.stringContaining('whole number')],
    ['more uses than can be counted', { max_uses: 2 ** 31 }, ['/max_uses'], expect.stringContaining('2147483647')],
    ['a text as uses', { max_uses: '1' }, ['/max_uses'], expect.stringContaining('whole number')],
    ['a member in another case', { Label: 'x' }, ['/Label'], expect.stringContaining('write label')],
    ['several faults', { label: '', max_uses: -1 }, ['/max_uses', '/label'], expect.any(String)],
  ])('is not made with %s', async (_, members, pointers, description) => {
    const before = await list();
    const answer = await attempt({ label: 'x', ...members });
    const { error, error_description: said, errors } = answer.body;
    expect([answer.status, error, said]).toEqual([400, 'invalid_request', description]);
    expect((errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(await list()).toEqual(before);
  });

  it('is made from a body with unknown members, unless the caller is strict', async () => {
    const body = { label: 'x', colour: 'blue' };
    expect((await attempt(body)).status).toBe(201);
    const strict = await ask('', { method: 'POST', body, headers: { prefer: 'handling=strict' } });
    expect([strict.status, strict.headers['preference-applied']]).toEqual([400, 'handling=strict']);
    for (const wrong of ['', '[]', '{"label"', 'null']) expect((await attempt(wrong)).status).toBe(400);
  });

  it('has no id that is not a UUID, and no other methods', async () => {
    for (const id of ['nobody', '\0', 'x'.repeat(300), "' OR 1=1 --", '0'.repeat(36)])
      for (const method of ['GET', 'DELETE'])
        expect((await ask(`/${encodeURIComponent(id)}`, { method })).status).toBe(404);
    for (const [method, path, allow] of [
      ['PUT', '', 'POST, GET'],
      ['PATCH', '/x', 'GET, DELETE'],
    ] as const) {
      const { status, headers } = await ask(path, { method, body: {} });
      expect([status, headers['allow']?.split(', ')]).toEqual([405, expect.arrayContaining(allow.split(', '))]);
    }
  });

  it('is one of at most a thousand that can be used; the others make room', async () => {
    const ids = async () =>
      (await service.dataSource.query<{ id: string }[]>(`SELECT id FROM ${TABLE}`)).map(({ id }) => id);
    const { length } = await ids();
    const rows = Array.from(
      { length: MOST_TOKENS - length },
      (_, at) => `('filler-${at}', 'filler', 'default', '', 'digest-${at}', '', '{}', 0, 1, 0)`,
    );
    await service.dataSource.query(
      `INSERT INTO ${TABLE} (id, label, policy, owner, digest, created_at, created_by, expires_at, max_uses, uses) VALUES ${rows.join()}`,
    );
    const { status, body } = await attempt({ label: 'last' });
    expect([status, body['error']]).toEqual([409, 'conflict']);
    await service.dataSource.query(`UPDATE ${TABLE} SET uses = 1 WHERE id = 'filler-0'`);
    await service.dataSource.query(`UPDATE ${TABLE} SET expires_at = 1 WHERE id = 'filler-1'`);
    for (const label of ['last', 'very last']) expect((await attempt({ label })).status).toBe(201);
    expect((await attempt({ label: 'too many' })).status).toBe(409);
    const left = await ids();
    expect(left).toHaveLength(MOST_TOKENS);
    expect(left).not.toContain('filler-0');
    expect(left).toContain('filler-2');
  });
});

describe('an initial access token when PostgreSQL is gone', () => {
  it('is refused where its checksum is wrong, which needs no read', async () => {
    const database = await POSTGRES.open();
    await using service = await startStandalone({ database });
    const tokens = service.get(InitialAccessTokens);
    const { token } = await tokens.create('{"label":"x"}');
    await database.drop();
    for (const one of [token, generateSecret('oait_')])
      await expect(tokens.find(one)).rejects.toMatchObject({ status: 503 });
    for (const one of [`${token}x`, `${token.slice(0, -1)}_`, 'oait_', `oait_${'x'.repeat(5000)}`])
      expect(await tokens.find(one)).toBeUndefined();
  });
});
