import { describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { clientRegistryMigrations } from '../src/index.js';
import { ClientRegistryBreakingUses1764890000000 } from '../src/schema/migrations/uses.migration.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { migrate } from '../src/schema/migrate.js';
import { Config } from '../src/standalone/config/config.js';
import { startStandalone } from './support/app.js';
import { DATABASES, extended, POSTGRES, SQLITE } from './support/databases.js';
import { postClient } from './support/http.js';

const AT_ONCE = 7;
const { connectionLimits } = new Config();
const ignore = () => undefined;

describe('migrations on PostgreSQL', () => {
  it('run once when several processes begin at once, and the others find nothing to do', async () => {
    await using database = await POSTGRES.open();
    const runs = await Promise.all(
      Array.from({ length: AT_ONCE }, () => migrate(database.url, connectionLimits, ignore)),
    );
    expect(runs.filter((names) => names.length > 0)).toEqual([
      expect.arrayContaining([expect.stringMatching(/^ClientRegistryCreateClients/)]),
    ]);
  });

  it('let every service start that migrates at its start', async () => {
    await using database = await POSTGRES.open();
    const services = await Promise.all(Array.from({ length: AT_ONCE }, () => startStandalone({ database })));
    const created = services.map(({ url }, index) => postClient(url, { client_id: `c${index}` }));
    expect((await Promise.all(created)).map(({ status }) => status)).toEqual(services.map(() => 201));
    for (const service of services) await service[Symbol.asyncDispose]();
  });

  it('wait while another process migrates, and say so once', async () => {
    await using database = await POSTGRES.open();
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(8025751413552932206)');
    const waiting = jest.fn(() => void holder.query('SELECT pg_sleep(0.3)').then(() => holder.query('COMMIT')));
    expect(await migrate(database.url, connectionLimits, waiting)).not.toEqual([]);
    expect(waiting).toHaveBeenCalledTimes(1);
    await holder.end();
  });

  it('have no time limit, whatever that of statements is', async () => {
    await using database = await POSTGRES.open();
    const operator = new pg.Client({ connectionString: database.url });
    await operator.connect();
    // The creation of the table of clients takes its time here.
    await operator.query(`CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.oauth2_client') THEN PERFORM pg_sleep(1.5); END IF; END $$;
      CREATE EVENT TRIGGER slow ON ddl_command_end EXECUTE FUNCTION slow();
      ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET statement_timeout = '1000ms'`);
    await operator.end();
    const limited = { ...database, url: extended(database.url, 'statement_timeout=1000') };
    await using service = await startStandalone({ database: limited });
    expect((await postClient(service.url, {})).status).toBe(201);
  });
});

describe('migrations on SQLite', () => {
  it('wait for another process that writes, and let this one go on', async () => {
    await using database = await SQLITE.open();
    const other = await new DataSource(dataSourceOptions(database.url, false)).initialize();
    await other.query('BEGIN IMMEDIATE');
    const migrating = migrate(database.url, connectionLimits, ignore);
    await sleep(100);
    await other.query('COMMIT');
    await other.destroy();
    expect(await migrating).not.toEqual([]);
  });
});

describe.each(DATABASES)('the migration of last uses, on $database,', ({ open }) => {
  it('gives each client a row: with the last use of its secrets, and unused since the migration', async () => {
    await using database = await open();
    const migrations = clientRegistryMigrations.slice(
      0,
      clientRegistryMigrations.indexOf(ClientRegistryBreakingUses1764890000000),
    );
    const older = await new DataSource({ ...dataSourceOptions(database.url, true), migrations }).initialize();
    for (const id of ['used', 'unused', 'without'])
      await older.query(
        `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
         VALUES ('${id}', 1, 2, 'tag', '{}', '', '', 'none', '', '2020-01-31T12:00:00.000Z', '2020-01-31T12:00:00.000Z')`,
      );
    const secrets = { used: ["'2020-02-01T12:00:00.000Z'", "'2020-02-02T12:00:00.000Z'", 'NULL'], unused: ['NULL'] };
    for (const [id, uses] of Object.entries(secrets))
      for (const [at, use] of uses.entries())
        await older.query(
          `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at, last_used_at) VALUES ('${id}-${at}', '${id}', '', '', 0, ${use})`,
        );
    await older.destroy();
    const before = new Date().toISOString();
    expect(await migrate(database.url, connectionLimits, ignore)).toContain('ClientRegistryBreakingUses1764890000000');
    await using service = await startStandalone({ database });
    const rows = await service.dataSource.query<{ id: string; last: string | null; since: string }[]>(
      'SELECT client_id AS id, last_used_at AS last, unused_since AS since FROM oauth2_client_use ORDER BY client_id',
    );
    expect(rows.map(({ id, last }) => [id, last])).toEqual([
      ['unused', null],
      ['used', '2020-02-02T12:00:00.000Z'],
      ['without', null],
    ]);
    expect(rows.every(({ since }) => since >= before && since <= new Date().toISOString())).toBe(true);
  });
});
