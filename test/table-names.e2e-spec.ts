import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import {
  ClientsModule,
  clientRegistryMigrations,
  clientRegistrySchema,
  runInTransaction,
  ClientsService,
} from '../src/index.js';
import { DATABASES } from './support/databases.js';
import { startHost } from './support/host.js';
import { getClient, postClient, request } from './support/http.js';
import { CreatePartner1700000000000, Partner } from './support/in-process.js';
import { schemaDifferences } from './support/schema-differences.js';

/** Options of the one table of migrations that all registries and the host share. */
const shared = (url: string, more: object): DataSourceOptions => ({
  ...dataSourceOptions(url, true),
  migrationsTableName: 'migrations',
  ...more,
});

describe.each(DATABASES)('the names of the tables, on $database', ({ isPostgres, open }) => {
  const tablesOf = async (dataSource: DataSource) => {
    const query = isPostgres
      ? `SELECT nspname || '.' || relname AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relname LIKE '%oauth2_client%'`
      : `SELECT name FROM sqlite_master WHERE type IN ('table', 'index') AND name LIKE '%oauth2_client%' AND name NOT LIKE 'sqlite%'`;
    return (await dataSource.query<{ name: string }[]>(query)).map(({ name }) => name);
  };

  it('have a prefix of the host’s choice, so that two registries and the host share a database and its history', async () => {
    await using database = await open();
    const [live, sandbox] = ['live_', 'sandbox_'].map((tablePrefix) => clientRegistrySchema({ tablePrefix }));
    const own = shared(database.url, {
      entities: [Partner, ...(live?.entities ?? [])],
      migrations: [CreatePartner1700000000000, ...(live?.migrations ?? [])],
    });
    // In turn: TypeORM does not expect that two make the table of the history at once.
    for (const options of [own, shared(database.url, sandbox ?? {})])
      await (await new DataSource(options).initialize()).destroy();
    @Module({ imports: [ClientsModule.forRoot({})] })
    class LiveModule {
      constructor(readonly clients: ClientsService) {}
    }
    await using host = await startHost('Express', {
      imports: [
        TypeOrmModule.forRoot({ ...own, retryAttempts: 0 }),
        TypeOrmModule.forRoot({ ...shared(database.url, sandbox ?? {}), name: 'sandbox', retryAttempts: 0 }),
        LiveModule,
        ClientsModule.forRoot({ dataSource: 'sandbox', routePrefix: 'sandbox' }),
      ],
    });
    expect((await postClient(host.url, { client_id: 'x', client_name: 'live' })).status).toBe(201);
    expect((await postClient(`${host.url}/sandbox`, { client_id: 'x', client_name: 'sandbox' })).status).toBe(201);
    expect((await getClient(host.url, 'x')).body['client_name']).toBe('live');
    expect((await getClient(`${host.url}/sandbox`, 'x')).body['client_name']).toBe('sandbox');
    const dataSource = host.app.get(DataSource);
    for (const name of await tablesOf(dataSource)) expect(name).toMatch(/(^|\.)(live|sandbox)_oauth2_client/);
    const history = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY name');
    const names = clientRegistryMigrations.map(({ name }) => name).toSorted();
    expect(history.map(({ name }) => name)).toEqual([
      'CreatePartner1700000000000',
      ...['live_', 'sandbox_'].flatMap((prefix) => names.map((name) => prefix + name)),
    ]);
    expect(await schemaDifferences(dataSource)).toEqual([]);
    await runInTransaction(dataSource, (manager) =>
      host.app.get(LiveModule).clients.create({ client_id: 'y' }, { manager }),
    );
    expect((await getClient(host.url, 'y')).status).toBe(200);
  });

  it('follow the DataSource’s own prefix for all its entities, and go with the migrations', async () => {
    await using database = await open();
    await using host = await startHost('Express', {
      imports: [
        TypeOrmModule.forRoot({ ...shared(database.url, { entityPrefix: 'shop_' }), retryAttempts: 0 }),
        ClientsModule.forRoot({}),
      ],
    });
    expect((await postClient(host.url, { client_id: 'x' })).status).toBe(201);
    const dataSource = host.app.get(DataSource);
    const [{ total }] = await dataSource.query<[{ total: string }]>('SELECT count(*) AS total FROM shop_oauth2_client');
    expect(Number(total)).toBe(1);
    for (let { length: migrations } = clientRegistryMigrations; migrations > 0; migrations -= 1)
      await dataSource.undoLastMigration();
    expect(await tablesOf(dataSource)).toEqual([]);
  });

  if (isPostgres)
    it('are part of the names of prepared statements, which a pooler may carry from one registry to the other', async () => {
      await using database = await open();
      const prepared: string[][] = [];
      for (const tablePrefix of ['live_', 'sandbox_']) {
        const options = shared(database.url, {
          ...clientRegistrySchema({ tablePrefix }),
          migrationsTableName: `${tablePrefix}migrations`,
          poolSize: 1,
        });
        await using host = await startHost('Express', {
          imports: [TypeOrmModule.forRoot({ ...options, retryAttempts: 0 }), ClientsModule.forRoot({})],
        });
        expect((await postClient(host.url, { client_id: 'x' })).status).toBe(201);
        expect((await getClient(host.url, 'x')).status).toBe(200);
        const rows = await host.app
          .get(DataSource)
          .query<{ name: string }[]>(`SELECT name FROM pg_prepared_statements WHERE name LIKE 'oauth2_client%'`);
        prepared.push(rows.map(({ name }) => name));
      }
      const [live = [], sandbox = []] = prepared;
      // At least those of a create and a read; the sealer of the journal may have prepared its own.
      for (const names of [live, sandbox]) expect(names.length).toBeGreaterThanOrEqual(2);
      expect(live.filter((name) => sandbox.includes(name))).toEqual([]);
    });

  if (isPostgres)
    it('are in a schema of the host’s choice, which is made when it is missing', async () => {
      await using database = await open();
      const registry = clientRegistrySchema({ schema: 'iam', tablePrefix: 'p_' });
      await using host = await startHost('Express', {
        imports: [
          TypeOrmModule.forRoot({ ...shared(database.url, registry), retryAttempts: 0 }),
          ClientsModule.forRoot({}),
        ],
      });
      expect((await postClient(host.url, { client_id: 'x' })).status).toBe(201);
      expect((await request(`${host.url}/admin/clients?scope=x&search=x`)).status).toBe(200);
      const dataSource = host.app.get(DataSource);
      for (const name of await tablesOf(dataSource)) expect(name).toMatch(/^iam\.p_oauth2_client/);
      expect(await schemaDifferences(dataSource)).toEqual([]);
    });
});

it('a prefix or a schema that is not a plain name is refused', () => {
  expect(() => clientRegistrySchema({ tablePrefix: 'a-b' })).toThrow('tablePrefix of clientRegistrySchema must be');
  expect(() => clientRegistrySchema({ schema: '"; DROP' })).toThrow('schema of clientRegistrySchema must be');
});
