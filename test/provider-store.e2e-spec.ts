import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../src/database/dialects.js';
import type { Query } from '../src/database/sql/prepared-database.js';
import { stopIntervals } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { keptLog } from './support/log.js';
import { rowsLookedAt } from './support/plans.js';
import { startStore } from './support/provider-store.js';
import { spyOnReads } from './support/reads.js';
import { now } from './support/tokens.js';
import { use } from './support/use.js';

const MINUTE = 60_000;
/** More than one statement removes. */
const MANY = 1100;
const random = () => randomBytes(16).toString('base64url');

/** How many succeed, and what the others fail with. */
async function outcomes(attempts: Promise<unknown>[]): Promise<{ successes: number; failures: unknown[] }> {
  const settled = await Promise.allSettled(attempts);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  return { successes: settled.length - failures.length, failures };
}

describe.each(DATABASES)('what a provider keeps, on $database,', ({ isPostgres, open }) => {
  const here = use(async (keep) => {
    const database = await keep(open());
    const first = await keep(startStore(database));
    const second = await keep(startStore(database));
    const { dataSource, artifacts } = first;
    return { database, first: first.store, second: second.store, dataSource, artifacts };
  });

  /** Each statement of the store but those that write one row. */
  async function statements(): Promise<Query[]> {
    const database = openDatabase(here.dataSource);
    const reads = await spyOnReads(database);
    const changes = jest.spyOn(database, 'change');
    const codes = here.first.adapter('AuthorizationCode');
    await codes.find(random());
    await codes.findByUid(random());
    await codes.findByUserCode(random());
    await codes.consume(random()).catch(() => undefined);
    await codes.destroy(random());
    await codes.revokeByGrantId(random());
    await here.artifacts.endGrant(random());
    await here.artifacts.sweep(now() - 600);
    const asked = [
      ...reads.flatMap(({ mock }) => mock.calls.flat()),
      ...changes.mock.calls.flatMap(([queries]) => queries),
    ];
    // The registry's own work in the background may come between.
    const all = asked.filter(({ name }) => name?.startsWith('oauth2_client_artifact_'));
    jest.restoreAllMocks();
    expect(new Set(all.map(({ name }) => name)).size).toBe(8);
    return all;
  }

  it('comes back as it was written last, on every process, until it is removed', async () => {
    const [mine, theirs] = [here.first.adapter('AccessToken'), here.second.adapter('AccessToken')];
    const id = random();
    expect(await theirs.find(id)).toBeUndefined();
    await mine.upsert(id, { jti: id, kind: 'AccessToken', scope: 'a', extra: { 'x5t#S256': 'ü' } }, 60);
    expect(await theirs.find(id)).toEqual({ jti: id, kind: 'AccessToken', scope: 'a', extra: { 'x5t#S256': 'ü' } });
    await theirs.upsert(id, { jti: id, kind: 'AccessToken', scope: 'b' }, 60);
    expect(await mine.find(id)).toEqual({ jti: id, kind: 'AccessToken', scope: 'b' });
    expect(await here.first.adapter('RefreshToken').find(id)).toBeUndefined();
    await theirs.destroy(id);
    expect(await mine.find(id)).toBeUndefined();
    await theirs.destroy(id);
  });

  it('is found by the uid of a session and by the code of a device, and by no other member', async () => {
    const [sessions, devices] = [here.first.adapter('Session'), here.first.adapter('DeviceCode')];
    const [session, device, uid, userCode] = [random(), random(), random(), random()];
    await sessions.upsert(session, { jti: session, uid, userCode }, 60);
    await devices.upsert(device, { jti: device, uid, userCode }, 60);
    expect(await sessions.findByUid(uid)).toEqual({ jti: session, uid, userCode });
    expect(await devices.findByUserCode(userCode)).toEqual({ jti: device, uid, userCode });
    const lasting = random();
    await sessions.upsert(lasting, { jti: lasting, uid });
    expect(await sessions.findByUid(uid)).toEqual({ jti: lasting, uid });
    await sessions.destroy(lasting);
    await here.first.adapter('Interaction').upsert(uid, { jti: uid, uid: random() }, 60);
    await sessions.destroy(session);
    await devices.destroy(device);
    expect([await sessions.findByUid(uid), await devices.findByUserCode(userCode)]).toEqual([undefined, undefined]);
  });

  it.each([['\u0000'], ['x'.repeat(200_000)], ['\uD800'], ['']])('is not found by %j', async (id) => {
    expect(await here.first.adapter('AccessToken').find(id)).toBeUndefined();
  });

  it('is used once, whoever tries at the same time on whatever process; the others end the grant', async () => {
    for (const model of ['AuthorizationCode', 'RefreshToken', 'DeviceCode']) {
      const [id, grantId, token] = [random(), random(), random()];
      const [mine, theirs] = [here.first.adapter(model), here.second.adapter(model)];
      await here.first.adapter('Grant').upsert(grantId, { jti: grantId }, 60);
      await here.first.adapter('AccessToken').upsert(token, { jti: token, grantId }, 60);
      await mine.upsert(id, { jti: id, grantId }, 60);
      const attempts = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? mine : theirs).consume(id));
      const { successes, failures } = await outcomes(attempts);
      expect([model, successes]).toEqual([model, 1]);
      for (const failure of failures)
        expect(failure).toMatchObject({ expose: true, statusCode: 400, message: 'invalid_grant' });
      expect(await here.second.adapter('Grant').find(grantId)).toBeUndefined();
      expect(await here.second.adapter('AccessToken').find(token)).toBeUndefined();
    }
  });

  it('says when it was used, and stays used when it is written anew', async () => {
    const codes = here.first.adapter('AuthorizationCode');
    const id = random();
    await codes.upsert(id, { jti: id }, 60);
    const before = now();
    await codes.consume(id);
    const { consumed } = (await codes.find(id)) ?? {};
    expect(consumed).toBeGreaterThanOrEqual(before);
    await codes.upsert(id, { jti: id, scope: 'a' }, 60);
    expect(await codes.find(id)).toEqual({ jti: id, scope: 'a', consumed });
    await expect(codes.consume(id)).rejects.toMatchObject({ message: 'invalid_grant' });
    await expect(codes.consume(random())).rejects.toMatchObject({ message: 'invalid_grant' });
  });

  it('of what may come only once is written once, whoever tries at the same time', async () => {
    const id = random();
    const [mine, theirs] = [here.first.adapter('ReplayDetection'), here.second.adapter('ReplayDetection')];
    const attempts = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? mine : theirs).upsert(id, { jti: id }, 60));
    const { successes, failures } = await outcomes(attempts);
    expect(successes).toBe(1);
    for (const failure of failures) expect(failure).toMatchObject({ statusCode: 400, message: 'invalid_request' });
  });

  it('of one model goes with its grant, and the rest of the grant stays', async () => {
    const [grantId, other] = [random(), random()];
    const models = ['AccessToken', 'RefreshToken'];
    for (const model of models)
      for (const grant of [grantId, other])
        await here.first.adapter(model).upsert(`${model} ${grant}`, { grantId: grant }, 60);
    await here.second.adapter('AccessToken').revokeByGrantId(grantId);
    const found = (model: string, grant: string) => here.first.adapter(model).find(`${model} ${grant}`);
    expect(await found('AccessToken', grantId)).toBeUndefined();
    for (const [model, grant] of [
      ['AccessToken', other],
      ['RefreshToken', grantId],
    ] as const)
      expect(await found(model, grant)).toMatchObject({ grantId: grant });
  });

  it('holds no token that works', async () => {
    const models = ['AccessToken', 'AuthorizationCode', 'RefreshToken', 'ClientCredentials', 'RegistrationAccessToken'];
    const tokens = models.map((model) => ({ model, id: random() }));
    for (const { model, id } of tokens) await here.first.adapter(model).upsert(id, { jti: id, kind: model }, 60);
    const rows = JSON.stringify(await here.dataSource.query('SELECT * FROM oidc_provider_artifact'));
    for (const { model, id } of tokens) {
      expect(rows).toContain(`\\"kind\\":\\"${model}\\"`);
      expect(rows).not.toContain(id);
    }
  });

  it('is found, revoked and swept without looking at all of it', async () => {
    await here.dataSource.query(
      `INSERT INTO oidc_provider_artifact (id, model, payload, grant_id, uid, user_code, expires_at)
       WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < 20000)
       SELECT 'id' || i, 'Session', '{}', CASE i % 2 WHEN 0 THEN 'grant' || i END, CASE i % 2 WHEN 0 THEN 'uid' || i END, CASE i % 2 WHEN 0 THEN 'code' || i END, ${now() + 60} + i FROM series`,
    );
    if (isPostgres) await here.dataSource.query('ANALYZE');
    for (const query of await statements()) {
      const label = query.name?.split('_').slice(2, -1).join('_');
      if (isPostgres) {
        const rows = await rowsLookedAt(here.database.url, query);
        expect([label, rows < 20]).toEqual([label, true]);
        continue;
      }
      const steps = await here.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${query.text}`, [
        ...query.values,
      ]);
      expect([label, steps.filter(({ detail }) => detail.startsWith('SCAN'))]).toEqual([label, []]);
    }
  });
});

describe.each(DATABASES)('what a provider no longer needs, on $database,', ({ open }) => {
  afterEach(() => void jest.useRealTimers());

  it('goes ten minutes after its end, at start and once a minute, however much it is; what has no end stays', async () => {
    stopIntervals();
    await using database = await open();
    const { logger, text } = keptLog();
    {
      await using first = await startStore(database);
      await first.dataSource.query(
        `INSERT INTO oidc_provider_artifact (id, model, payload, expires_at)
         WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${MANY})
         SELECT CAST(i AS varchar(43)), 'AccessToken', '{}', ${now() - 660} FROM series`,
      );
      await first.store.adapter('AccessToken').upsert('young', { is: 'young' }, -540);
      await first.store.adapter('AccessToken').upsert('endless', { is: 'endless' });
    }
    await using service = await startStore(database, { logger });
    const kept = async () => {
      const rows = await service.dataSource.query<{ payload: string }[]>('SELECT payload FROM oidc_provider_artifact');
      return rows.map(({ payload }) => (JSON.parse(payload) as { is?: string }).is ?? 'old').toSorted();
    };
    const isSwept = async () => (await kept()).join() === 'endless,young';
    await eventually(isSwept);
    // The sweep at the start ends with a batch that finds nothing.
    await service.sweeper.sweep();
    await service.store.adapter('AccessToken').upsert('old', {}, -660);
    jest.advanceTimersByTime(MINUTE - 1);
    expect(await kept()).toEqual(['endless', 'old', 'young']);
    await service.dataSource.query('ALTER TABLE oidc_provider_artifact RENAME TO mislaid');
    jest.advanceTimersByTime(1);
    await eventually(() => text().includes('Tokens and sessions that have ended are kept longer, until it succeeds: '));
    await service.dataSource.query('ALTER TABLE mislaid RENAME TO oidc_provider_artifact');
    jest.advanceTimersByTime(MINUTE);
    await eventually(isSwept);
  });
});

describe.each(DATABASES)('what a provider keeps, while $database cannot answer,', ({ open }) => {
  it('is refused in a way that the provider answers with 503', async () => {
    await using database = await open();
    await using service = await startStore(database);
    const tokens = service.store.adapter('AccessToken');
    await tokens.upsert('x', { jti: 'x' }, 60);
    await database.drop();
    await expect(tokens.upsert('y', { jti: 'y' }, 60)).rejects.toMatchObject({
      expose: true,
      statusCode: 503,
      message: 'temporarily_unavailable',
    });
  });
});
