import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { clientRegistrySchema } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { keptLog } from './support/log.js';
import { getClient, postClient, request } from './support/http.js';

const NEWER = 'ClientRegistryFuture1999999999999';
const BREAKING = 'ClientRegistryBreakingFuture1999999999999';
/** Of a host, and of a registry with another prefix. */
const FOREIGN = ['BreakingThings1999999999999', 'live_ClientRegistryBreakingFuture1999999999999'];

const readiness = async (url: string) => (await request(`${url}/health/ready`)).status;

function insert({ dataSource }: { dataSource: DataSource }, name: string): Promise<unknown> {
  return dataSource.query(`INSERT INTO oauth2_client_migrations (timestamp, name) VALUES (1999999999999, '${name}')`);
}

describe.each(DATABASES)('the migrations that have run, on $database', ({ open }) => {
  it('make the service ready: all of its own', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    expect(await readiness(service.url)).toBe(200);
    const [last] = clientRegistrySchema({}).migrations.slice(-1);
    const name = last && new last().name;
    await service.dataSource.query(`DELETE FROM oauth2_client_migrations WHERE name = '${name}'`);
    expect(await readiness(service.url)).toBe(503);
    await insert(service, String(name));
    expect(await readiness(service.url)).toBe(200);
  });

  it('let an older release start and stay ready beside a newer one, unless the migration says that it breaks it', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    for (const name of [NEWER, ...FOREIGN]) await insert(service, name);
    expect(await readiness(service.url)).toBe(200);
    await using another = await startStandalone({ database });
    expect(await readiness(another.url)).toBe(200);
    await insert(service, BREAKING);
    expect(await readiness(service.url)).toBe(503);
    await expect(startStandalone({ database })).rejects.toThrow(
      `A newer release has changed the tables (${BREAKING}): run that release instead of this one.`,
    );
  });
});

describe('a migration of a newer release that does not break this one', () => {
  it('is named in the log, once', async () => {
    const { logger, text } = keptLog();
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, logger });
    const named = () =>
      text()
        .split('\n')
        .filter((line) => line.includes('newer release'));
    expect([await readiness(service.url), named()]).toEqual([200, []]);
    for (const name of [NEWER, ...FOREIGN]) await insert(service, name);
    expect([await readiness(service.url), await readiness(service.url)]).toEqual([200, 200]);
    expect(named()).toEqual([`A newer release has changed the tables (${NEWER}); this one may go on beside it.`]);
  });
});

describe('readiness on PostgreSQL', () => {
  it('is denied on a read-only server, which still answers reads', async () => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({ database, environment: { DATABASE_POOL_SIZE: '1' } });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    const operator = new pg.Client({ connectionString: database.url });
    await operator.connect();
    const readOnly = async (value: string) => {
      await operator.query(`ALTER DATABASE ${operator.database} SET default_transaction_read_only = ${value}`);
      await operator.query(
        'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      // The pool notices that its connection is gone.
      while ((await getClient(service.url, 'x')).status !== 200);
    };
    await readOnly('on');
    expect([await readiness(service.url), (await getClient(service.url, 'x')).status]).toEqual([503, 200]);
    // A server that takes writes again needs no restart of the service.
    await operator.query('SET default_transaction_read_only = off');
    await readOnly('off');
    expect(await readiness(service.url)).toBe(200);
    await operator.end();
  });
});
