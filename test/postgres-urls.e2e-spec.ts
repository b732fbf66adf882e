import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../src/standalone/config/config.js';
import { startStandalone } from './support/app.js';
import { command } from './support/command.js';
import { POSTGRES, type TestDatabase } from './support/databases.js';
import { postClient } from './support/http.js';
import { freePort } from './support/process.js';

/** The database with other hosts in its URL, which gets more parameters. */
function at(database: TestDatabase, hosts: (own: string) => string, parameters = ''): TestDatabase {
  const url = new URL(database.url);
  return { ...database, url: `postgres://registry:registry@${hosts(url.host)}${url.pathname}${parameters}` };
}

describe('a URL with several hosts', () => {
  it('connects to the first one that answers and takes writes', async () => {
    await using database = await POSTGRES.open();
    const down = `127.0.0.1:${await freePort()}`;
    for (const hosts of [(own: string) => `${down},${own}`, (own: string) => `${own},${down}`]) {
      await using service = await startStandalone({ database: at(database, hosts) });
      expect((await postClient(service.url, {})).status).toBe(201);
    }
  });

  it.each([
    { parameters: '', said: /no host .+ is read-write/ },
    { parameters: '?target_session_attrs=read-write', said: /no host .+ is read-write/ },
  ])('refuses a read-only server$parameters, and takes it where any will do', async ({ parameters, said }) => {
    await using database = await POSTGRES.open();
    await (await startStandalone({ database }))[Symbol.asyncDispose]();
    const operator = new pg.Client({ connectionString: database.url });
    await operator.connect();
    await operator.query(`ALTER DATABASE ${operator.database} SET default_transaction_read_only = on`);
    await operator.end();
    const down = `127.0.0.1:${await freePort()}`;
    const start = (more: string) =>
      startStandalone({
        database: at(database, (own) => `${own},${down}`, more),
        environment: { DATABASE_MIGRATE: 'false' },
      });
    await expect(start(parameters)).rejects.toThrow(said);
    await (await start('?target_session_attrs=any'))[Symbol.asyncDispose]();
  });

  it('says why when no host answers', async () => {
    await using database = await POSTGRES.open();
    const [first, second] = [await freePort(), await freePort()];
    const start = startStandalone({ database: at(database, () => `127.0.0.1:${first},127.0.0.1:${second}`) });
    await expect(start).rejects.toThrow('ECONNREFUSED');
  });
});

describe('DATABASE_URL', () => {
  it.each([
    [
      'postgres://user:hunter2%@a/b',
      'it is not a valid URL; write special characters of the user and the password as %XX',
    ],
    ['postgres://user:hunter2@a:99999,b/c', 'it is not a valid URL; write special'],
    ['postgres://a,b:99999/c', 'a host is not host or host:port'],
    [
      'postgres://a/b?sslmode=verify-ca&sslrootcert=/nowhere/hunter2.pem',
      'sslrootcert names a file that cannot be read',
    ],
    ['postgres://a/b?sslmode=require&sslcert=/nowhere/hunter2&sslkey=x', 'sslcert names a file that cannot be read'],
    ['postgres://a/b?sslmode=require&sslkey=hunter2', 'sslcert and sslkey must both be set, or neither'],
    [
      'postgres://a/b?sslmode=require&sslcert=package.json&sslkey=package.json',
      'sslcert and sslkey do not name a certificate and its key',
    ],
    ['postgres://a/b?sslmode=require&sslrootcert=package.json', 'sslrootcert names a file without certificates'],
    [
      'postgres://a/b?sslmode=hunter2',
      'sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full',
    ],
    ['postgres://a/b?sslmode=constructor', 'sslmode must be one of disable'],
    ['postgres://a/b?sslmode=no-verify', 'sslmode must be one of disable'],
    ['postgres://a/b?ssl=hunter2', 'ssl must be true, or sslmode must say more'],
    ['postgres://a/b?sslmode=verify-full', 'sslmode=verify-full needs sslrootcert: a file of certificates, or system'],
    ['postgres://a/b?sslmode=verify-ca&sslrootcert=system', 'sslrootcert=system needs sslmode=verify-full'],
    ['postgres://a/b?sslrootcert=package.json', 'sslrootcert needs sslmode, such as sslmode=verify-full'],
    ['postgres://a/b?sslmode=require&sslcrl=hunter2', 'sslcrl is not supported'],
    ['postgres://a/b?target_session_attrs=hunter2', 'target_session_attrs must be one of any, primary, read-write'],
    ['postgres://a/b?host=c,d', 'several hosts must stand before the name of the database'],
  ])('is refused at the start by a sentence that names it and no secret: %s', (url, said) => {
    const read = () => readConfig({ DATABASE_URL: url });
    expect(read).toThrow(`DATABASE_URL cannot be used: ${said}`);
    expect(read).not.toThrow(/hunter2/);
  });

  it('whose user lacks a privilege is said to lack it', async () => {
    await using database = await POSTGRES.open();
    const environment = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true' };
    await (await startStandalone({ database }))[Symbol.asyncDispose]();
    const operator = new pg.Client({ connectionString: database.url });
    await operator.connect();
    const role = `r${operator.database}`;
    await operator.query(`CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`);
    const url = database.url.replace('registry:registry', `${role}:hunter2`);
    const ended = await command(['create', '--name', 'x'], {
      environment: { ...environment, DATABASE_URL: url, DATABASE_MIGRATE: '' },
    });
    await operator.query(`DROP ROLE ${role}`);
    await operator.end();
    expect(ended).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('the user lacks a privilege; grant it'),
    });
  });
});

describe('DATABASE_URL_FILE', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'registry-secrets-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names a file that holds DATABASE_URL, with or without a line break at its end', () => {
    for (const end of ['', '\n', '\r\n']) {
      const file = join(folder, 'url');
      writeFileSync(file, `postgres://a:b@c/d${end}`);
      expect(readConfig({ DATABASE_URL_FILE: file }).DATABASE_URL).toBe('postgres://a:b@c/d');
    }
  });

  it.each([
    [{ DATABASE_URL_FILE: '/nowhere/hunter2' }, 'DATABASE_URL_FILE names a file that cannot be read (ENOENT).'],
    [{ DATABASE_URL_FILE: 'x', DATABASE_URL: 'sqlite:y' }, 'DATABASE_URL_FILE must not be set beside DATABASE_URL.'],
  ])('is refused: %j', (environment, said) => {
    expect(() => readConfig(environment)).toThrow(said);
  });
});
