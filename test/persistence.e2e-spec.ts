import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startStandalone } from './support/app.js';
import { DATABASES, POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { getClient, postClient, request } from './support/http.js';
import { startProcess } from './support/process.js';
import { schemaDifferences } from './support/schema-differences.js';

const CREATES = 40;

/** A DataSource that `await using` closes. */
async function connect(url: string, migrate: boolean): Promise<DataSource & AsyncDisposable> {
  const dataSource = await new DataSource(dataSourceOptions(url, migrate)).initialize();
  return Object.assign(dataSource, { [Symbol.asyncDispose]: () => dataSource.destroy() });
}

describe.each(DATABASES)('what was acknowledged, on $database', ({ open }) => {
  it('is there after the process was killed in the middle of writing', async () => {
    await using database = await open();
    const environment = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'warn' };
    await using first = await startProcess(environment);
    const acknowledged: string[] = [];
    const others: unknown[] = [];
    let isKilled = false;
    const creates = Array.from({ length: CREATES * 5 }, async (_, index) => {
      const answer = await postClient(first.url, { client_name: `c${index}` }).catch((error: unknown) => {
        // Once the process is killed, connections break; until then nothing may fail.
        if (!isKilled) others.push(error);
      });
      if (!answer) return;
      if (answer.status !== 201) others.push(answer);
      else if (acknowledged.push(String(answer.body['client_id'])) === CREATES) {
        isKilled = true;
        await first.end('SIGKILL');
      }
    });
    await Promise.all(creates);
    expect(others).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(CREATES);

    await using second = await startStandalone({ database });
    for (const id of acknowledged) expect((await getClient(second.url, id)).status).toBe(200);
    // A client stands with its secret and its terms, or not at all.
    await using dataSource = await connect(database.url, false);
    const halves = await dataSource.query(
      `SELECT id FROM oauth2_client WHERE id NOT IN (SELECT client_id FROM oauth2_client_secret) OR id NOT IN (SELECT client_id FROM oauth2_client_term)`,
    );
    expect(halves).toEqual([]);
  });
});

describe.each(DATABASES)('the migrations, on $database', ({ open }) => {
  it('make what the entities say, and can be taken back', async () => {
    await using database = await open();
    await using dataSource = await connect(database.url, true);
    expect(await schemaDifferences(dataSource)).toEqual([]);
    expect(await dataSource.showMigrations()).toBe(false);
    await dataSource.undoLastMigration();
    await dataSource.runMigrations();
    expect(await schemaDifferences(dataSource)).toEqual([]);
  });
});

describe('readiness', () => {
  it('is denied while the database is not there, the log says why, and the process lives on', async () => {
    await using database = await POSTGRES.open();
    await using service = await startProcess({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true' });
    const ready = () => request(`${service.url}/health/ready`);
    const expected = { status: 200, body: { status: 'ok' }, headers: { 'cache-control': 'no-store' } };
    expect(await ready()).toMatchObject(expected);
    expect(service.output()).toBe('');
    await database.drop();
    const body = { error: 'temporarily_unavailable' };
    expect(await ready()).toMatchObject({ ...expected, status: 503, body });
    // The line of the log may come after the answer.
    await eventually(() => /DatabaseHealth.*Not ready: ./.test(service.output()));
    expect((await request(`${service.url}/health/alive`)).status).toBe(200);
  });
});

describe('a start that cannot succeed', () => {
  const run = (environment: Record<string, string>) =>
    spawnSync(process.execPath, ['dist/service.js'], { env: environment, encoding: 'utf8' });

  it('ends with one sentence that names the variable and not its value', () => {
    const { status, stderr } = run({
      ADMIN_PORT: 'hunter2',
      DATABASE_URL: 'oracle://user:hunter2@x',
      LOG_LEVEL: 'loud',
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'The client registry did not start: The configuration is wrong: DATABASE_URL must begin with sqlite: or postgres://; ADMIN_PORT must be a port, 0 to 65535; LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.\n',
    );
  });

  it('ends when the database is not there, without telling its password, and does not say that it tries again', () => {
    const { status, stdout, stderr } = run({ DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/did not start/);
    expect(stdout + stderr).not.toMatch(/hunter2|retry/i);
  });
});
