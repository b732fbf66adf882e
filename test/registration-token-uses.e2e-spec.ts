import { describe, expect, it } from '@jest/globals';
import { ClientsService, runInTransaction } from '../src/index.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { InitialAccessTokens } from '../src/registration/tokens/initial-access-tokens.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { useService } from './support/use.js';

describe.each(DATABASES)('a use of an initial access token, on $database,', ({ open }) => {
  const service = useService(startStandalone, open);
  const make = (members: object = {}) =>
    service.get(InitialAccessTokens).create(JSON.stringify({ label: 'test', ...members }));
  const uses = async (id: string) => (await service.get(InitialAccessTokens).get(id)).uses;
  const clients = async () =>
    Number((await service.dataSource.query<[{ n: number | string }]>('SELECT count(*) AS n FROM oauth2_client'))[0].n);

  /** Takes a use, and creates a client with it. */
  const spend = (id: string, by: RunningApp = service, body: object = {}) =>
    runInTransaction(by.dataSource, async (manager) => {
      const executor = by.get(PreparedDatabase).within(manager);
      if (!(await by.get(InitialAccessTokens).takeUse(id, executor))) throw new Error('used up');
      await by.get(ClientsService).create(body, { manager });
    });

  it('that is the only one is had by one of fifty registrations at once, in two processes', async () => {
    await using other = await startStandalone({ database: service.database });
    const { id } = await make();
    const before = await clients();
    const all = Array.from({ length: 50 }, (_, at) => spend(id, at % 2 ? service : other));
    const ended = await Promise.allSettled(all);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([await uses(id), (await clients()) - before]).toEqual([1, 1]);
  });

  it('is counted for each client, and noted with its time', async () => {
    const { id } = await make({ max_uses: 0 });
    const before = new Date().toISOString();
    for (let count = 0; count < 3; count += 1) await spend(id);
    const { uses: counted, last_used_at: last } = await service.get(InitialAccessTokens).get(id);
    expect(counted).toBe(3);
    expect(String(last) >= before && String(last) <= new Date().toISOString()).toBe(true);
  });

  it('is given back when the registration is refused', async () => {
    const { id } = await make();
    await expect(spend(id, service, { redirect_uris: ['javascript:x'] })).rejects.toMatchObject({ status: 400 });
    expect(await uses(id)).toBe(0);
    await spend(id);
    await expect(spend(id)).rejects.toThrow('used up');
  });

  it('is not had of one that has ended or was revoked since it was found', async () => {
    const [ended, revoked] = [await make(), await make()];
    await service.dataSource.query(`UPDATE oauth2_client_initial_token SET expires_at = 1 WHERE id = '${ended.id}'`);
    await service.get(InitialAccessTokens).revoke(revoked.id);
    for (const { id } of [ended, revoked]) await expect(spend(id)).rejects.toThrow('used up');
  });
});
