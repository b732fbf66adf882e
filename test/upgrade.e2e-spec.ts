import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { migrate } from '../src/schema/migrate.js';
import { Config } from '../src/standalone/config/config.js';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { getClient, post, postClient, request } from './support/http.js';
import { startProcess } from './support/process.js';

const { connectionLimits } = new Config();
const ignore = () => undefined;
const IDS = Array.from({ length: 20 }, (_, number) => `client-${number}`);
/** The last migrations, which go without taking anything of clients, secrets and the journal with them. */
const TAKEN_BACK = [
  'ClientRegistrySharedClients1764980000000',
  'ClientRegistryFirstReport1764970000000',
  'ClientRegistryExpiryNotices1764950000000',
  'ClientRegistryInitialAccessTokens1764940000000',
  'ClientRegistryBreakingOrigins1764910000000',
  'ClientRegistrySecretEnds1764900000000',
  'ClientRegistryBreakingUses1764890000000',
  'ClientRegistryAssertions1764880000000',
  'ClientRegistryJournalRetention1764860000000',
];

const merge = (url: string, id: string, body: object) =>
  request(`${url}/admin/clients/${id}`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/merge-patch+json' },
  });

/** Takes migrations back, the last first, as TypeORM's command line does. */
async function takeBack(url: string, count: number): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions(url, false)).initialize();
  const names = async () =>
    (await dataSource.query<{ name: string }[]>('SELECT name FROM oauth2_client_migrations ORDER BY id')).map(
      ({ name }) => name,
    );
  const before = await names();
  for (let at = 0; at < count; at += 1) await dataSource.undoLastMigration({ transaction: 'each' });
  const after = await names();
  await dataSource.destroy();
  return before.filter((name) => !after.includes(name)).toReversed();
}

describe.each(DATABASES)('an upgrade, on $database,', ({ open, isPostgres }) => {
  it('goes forward, back and forward again with clients, secrets and the journal', async () => {
    await using database = await open();
    const secrets = new Map<string, string>();
    const documents = new Map<string, unknown>();
    {
      await using service = await startStandalone({ database });
      for (const id of IDS) {
        const { body } = await postClient(service.url, { client_id: id, metadata: { number: id } });
        secrets.set(id, (body as { client_secret: string }).client_secret);
        await merge(service.url, id, { client_name: `Name of ${id}` });
        documents.set(id, (await getClient(service.url, id)).body);
      }
      await request(`${service.url}/admin/clients/${IDS[0]}`, { method: 'DELETE' });
      // Seals what there is.
      expect((await request(`${service.url}/admin/changes`)).status).toBe(200);
    }
    expect(await takeBack(database.url, TAKEN_BACK.length)).toEqual(TAKEN_BACK);
    expect(await migrate(database.url, connectionLimits, ignore)).toEqual(TAKEN_BACK.toReversed());
    await using service = await startStandalone({ database });
    expect((await post(`${service.url}/admin/clients/${IDS[0]}/restore`)).status).toBe(200);
    for (const id of IDS.slice(1)) {
      expect((await getClient(service.url, id)).body).toEqual(documents.get(id));
      const authorization = `Basic ${Buffer.from(`${id}:${secrets.get(id)}`).toString('base64')}`;
      expect((await post(`${service.url}/admin/clients/authenticate`, { authorization, form: {} })).status).toBe(200);
      expect((await request(`${service.url}/admin/clients/${id}/history`)).body).toHaveLength(2);
    }
    expect((await merge(service.url, 'client-1', { client_name: 'Again' })).status).toBe(200);
    expect((await request(`${service.url}/admin/changes?page_size=500`)).body).toHaveLength(2 * IDS.length + 3);
  });

  it('that only adds lets a process of the release before serve on while it runs', async () => {
    await using database = await open();
    await using service = await startProcess({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true' });
    const statuses = new Set<number>();
    const load = { isOver: false };
    await postClient(service.url, { client_id: 'read' });
    const serve = async (ask: (turn: number) => Promise<{ status: number }>) => {
      for (let turn = 0; !load.isOver; turn += 1) statuses.add((await ask(turn)).status);
    };
    const served = Promise.all([
      serve(() => getClient(service.url, 'read')),
      serve((turn) => postClient(service.url, { client_id: `made-${turn}` })),
      serve((turn) => merge(service.url, 'read', { client_name: `${turn}` })),
      serve(() => request(`${service.url}/admin/clients?page_size=5`)),
    ]);
    await sleep(200);
    const newer = await new DataSource(dataSourceOptions(database.url, false)).initialize();
    for (const table of ['oauth2_client', 'oauth2_client_secret', 'oauth2_client_change'])
      await newer.query(`ALTER TABLE ${table} ADD COLUMN added ${isPostgres ? 'text' : 'varchar'}`);
    await newer.query('CREATE TABLE oauth2_client_added (id integer PRIMARY KEY)');
    await newer.query(
      `INSERT INTO oauth2_client_migrations (timestamp, name) VALUES (1999999999999, 'ClientRegistryFuture1999999999999')`,
    );
    await newer.destroy();
    await sleep(500);
    load.isOver = true;
    await served;
    expect(statuses).toEqual(new Set([200, 201]));
    expect((await request(`${service.url}/health/ready`)).status).toBe(200);
  });
});
