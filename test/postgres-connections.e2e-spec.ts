import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { openDatabase } from '../src/database/dialects.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { readConfig } from '../src/standalone/config/config.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../src/index.js';
import { extended, POSTGRES } from './support/databases.js';
import { startHost } from './support/host.js';
import { getClient, postClient } from './support/http.js';

/** A DataSource that is closed when it is disposed of. */
async function connected(options: DataSourceOptions): Promise<DataSource & AsyncDisposable> {
  const dataSource = await new DataSource(options).initialize();
  return Object.assign(dataSource, { [Symbol.asyncDispose]: () => dataSource.destroy() });
}

/** The service's options of a DataSource, from its environment. */
function optionsFor(environment: Record<string, string>): DataSourceOptions {
  const config = readConfig(environment);
  return dataSourceOptions(config.DATABASE_URL, false, config.connectionLimits);
}

/** One setting of a session. */
async function setting(run: (text: string) => Promise<object[]>, name: string): Promise<unknown> {
  const [row = {}] = await run(`SHOW ${name}`);
  return (row as Record<string, unknown>)[name];
}

describe('the limits of connections to PostgreSQL', () => {
  it('may stand in the URL instead of the environment', () => {
    const url = 'postgres://a:b@127.0.0.1/c';
    const variables = {
      DATABASE_POOL_SIZE: '7',
      DATABASE_CONNECT_TIMEOUT: '3000',
      DATABASE_STATEMENT_TIMEOUT: '2000',
      DATABASE_LOCK_TIMEOUT: '1000',
    };
    const inUrl = `${url}?pool_size=7&connect_timeout=3&statement_timeout=2000&lock_timeout=1000`;
    const given = optionsFor({ DATABASE_URL: url, ...variables });
    expect(given).toMatchObject({ url, poolSize: 7, connectTimeoutMS: 3000 });
    expect(optionsFor({ DATABASE_URL: inUrl })).toEqual(given);
    expect(optionsFor({ DATABASE_URL: `${inUrl}&client_encoding=UTF8` })).toEqual({
      ...given,
      url: `${url}?client_encoding=UTF8`,
    });
  });

  it.each([
    ['prepare=no', 'prepare must be true or false'],
    ['pool_size=0', 'pool_size must be a whole number from 1 to 1000'],
    ['connect_timeout=hunter2', 'connect_timeout must be a whole number from 1 to 600'],
    ['statement_timeout=5s', 'statement_timeout must be a whole number from 1 to 600000'],
    ['lock_timeout=', 'lock_timeout must be a whole number from 1 to 600000'],
  ])('are refused as the parameter %s', (parameter, fault) => {
    const DATABASE_URL = `postgres://a:hunter2@127.0.0.1/c?${parameter}`;
    expect(() => readConfig({ DATABASE_URL })).toThrow(`DATABASE_URL cannot be used: ${fault}.`);
  });

  it('hold for every session of the service', async () => {
    await using database = await POSTGRES.open();
    const DATABASE_URL = extended(database.url, 'prepare=true&lock_timeout=1234');
    await using dataSource = await connected(optionsFor({ DATABASE_URL, DATABASE_STATEMENT_TIMEOUT: '4321' }));
    const run = (text: string) => dataSource.query<object[]>(text);
    expect(await setting(run, 'statement_timeout')).toBe('4321ms');
    expect(await setting(run, 'lock_timeout')).toBe('1234ms');
  });
});

/** How a host says whether statements are prepared. */
const WAYS = [
  { way: 'nothing', said: () => ({}), prepared: 2 },
  { way: 'prepare=false in the URL', said: (url: string) => ({ url: extended(url, 'prepare=false') }), prepared: 0 },
  { way: 'prepare: false in `extra`', said: () => ({ extra: { prepare: false } }), prepared: 0 },
];

describe('a DataSource on PostgreSQL', () => {
  it.each(WAYS)('that says $way has $prepared prepared statements after a create and a read', async (given) => {
    await using database = await POSTGRES.open();
    const { entities, migrations } = dataSourceOptions(database.url, true);
    const { url } = database;
    const options = { type: 'postgres', url, entities, migrations, migrationsRun: true, poolSize: 1 } as const;
    await using host = await startHost('Express', {
      imports: [
        TypeOrmModule.forRoot({ ...options, ...given.said(url), retryAttempts: 0 }),
        ClientsModule.forRoot({ secrets: { bcryptCost: 4 } }),
      ],
    });
    expect((await postClient(host.url, { client_id: 'x' })).status).toBe(201);
    expect((await getClient(host.url, 'x')).status).toBe(200);
    const rows = await host.app.get(DataSource).query<{ name: string }[]>('SELECT name FROM pg_prepared_statements');
    // The sealer of the journal prepares its own, when it comes to work.
    const asked = rows.filter(({ name }) => given.prepared === 0 || /^oauth2_client_(insert|find)_/.test(name));
    expect(asked).toHaveLength(given.prepared);
  });
});

describe('prepare=false in the URL of PostgreSQL', () => {
  it('sends no limits when a connection starts, but within the registry’s own transactions', async () => {
    await using database = await POSTGRES.open();
    const DATABASE_URL = extended(database.url, 'prepare=false&lock_timeout=1234&statement_timeout=4321');
    await using dataSource = await connected(optionsFor({ DATABASE_URL }));
    const own = openDatabase(dataSource);
    const outside = (text: string) => own.rows({ text, values: [] });
    expect(await setting(outside, 'statement_timeout')).toBe('0');
    expect(await setting(outside, 'lock_timeout')).toBe('0');
    await own.exclusively({ text: 'SELECT relname FROM pg_class', values: [] }, async (executor) => {
      const inside = (text: string) => executor.rows({ text, values: [] });
      expect(await setting(inside, 'statement_timeout')).toBe('4321ms');
      expect(await setting(inside, 'lock_timeout')).toBe('1234ms');
    });
    expect(await setting(outside, 'lock_timeout')).toBe('0');
  });
});
