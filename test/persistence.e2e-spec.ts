import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { DATABASES } from './support/databases.js';
import { getClient, postClient } from './support/http.js';
import { startProcess } from './support/process.js';

const CREATES = 40;

describe.each(DATABASES)('what was acknowledged, on $database', ({ open }) => {
  it('is there after the process was killed in the middle of writing', async () => {
    const database = await open();
    const environment = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'warn' };
    const first = await startProcess(environment);
    const acknowledged: string[] = [];
    const creates = Array.from({ length: CREATES * 5 }, async (_, index) => {
      const { status, body } = await postClient(first.url, { client_name: `c${index}` });
      expect(status).toBe(201);
      acknowledged.push(String(body['client_id']));
      if (acknowledged.length === CREATES) await first.end('SIGKILL');
    });
    await Promise.allSettled(creates);
    expect(acknowledged.length).toBeGreaterThanOrEqual(CREATES);

    const second = await startProcess(environment);
    for (const id of acknowledged) expect((await getClient(second.url, id)).status).toBe(200);
    // A client stands with its secret and its terms, or not at all.
    const dataSource = await new DataSource(dataSourceOptions(database.url, false)).initialize();
    const halves = await dataSource.query(
      `SELECT id FROM oauth2_client WHERE id NOT IN (SELECT client_id FROM oauth2_client_secret) OR id NOT IN (SELECT client_id FROM oauth2_client_term)`,
    );
    expect(halves).toEqual([]);
    await dataSource.destroy();
    expect(await second.end('SIGTERM')).toBe(0);
    await database.drop();
  });
});

describe.each(DATABASES)('the migrations, on $database', ({ open }) => {
  it('make what the entities say, and can be taken back', async () => {
    const database = await open();
    const dataSource = await new DataSource(dataSourceOptions(database.url, true)).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    expect(await dataSource.showMigrations()).toBe(false);
    await dataSource.undoLastMigration();
    await dataSource.runMigrations();
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    await dataSource.destroy();
    await database.drop();
  });

  it('run by their own command, and only once', async () => {
    const database = await open();
    const migrate = () =>
      spawnSync(process.execPath, ['dist/cli/cli.js', 'migrate'], {
        env: { DATABASE_URL: database.url },
        encoding: 'utf8',
      });
    expect(migrate()).toMatchObject({ status: 0, stdout: expect.stringContaining('ClientRegistryCreateClients') });
    expect(migrate()).toMatchObject({ status: 0, stdout: 'Nothing to do: the database is up to date.\n' });
    const service = await startProcess({ DATABASE_URL: database.url });
    expect((await postClient(service.url, {})).status).toBe(201);
    await service.end('SIGTERM');
    await database.drop();
  });
});

describe('readiness', () => {
  it('is denied while the database is not there, and the process lives on', async () => {
    const [, { open }] = DATABASES as [(typeof DATABASES)[number], (typeof DATABASES)[number]];
    const database = await open();
    const service = await startProcess({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'silent' });
    await database.drop();
    const [ready, alive] = await Promise.all(
      ['ready', 'alive'].map((probe) => fetch(`${service.url}/health/${probe}`)),
    );
    expect([ready?.status, alive?.status]).toEqual([503, 200]);
    expect(await ready?.json()).toMatchObject({ error: 'temporarily_unavailable' });
    await service.end('SIGKILL');
  });
});

describe('a start that can not succeed', () => {
  const run = (environment: Record<string, string>) =>
    spawnSync(process.execPath, ['dist/main.js'], { env: environment, encoding: 'utf8' });

  it('ends with one sentence that names the variable and not its value', () => {
    const { status, stderr } = run({
      ADMIN_PORT: 'hunter2',
      DATABASE_URL: 'oracle://user:hunter2@x',
      LOG_LEVEL: 'loud',
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'The client registry did not start: DATABASE_URL must begin with sqlite: or postgres://; ADMIN_PORT must be a port, 0 to 65535; LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.\n',
    );
  });

  it('ends when the database is not there, without telling its password', () => {
    const { status, stderr } = run({ DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/did not start/);
    expect(stderr).not.toContain('hunter2');
  });
});
