import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExtendedKeyUsage } from '@peculiar/x509';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startStandalone } from './support/app.js';
import { newAuthority } from './support/certificates.js';
import { extended, POSTGRES } from './support/databases.js';
import { postClient } from './support/http.js';
import { startPostgres } from './support/postgres.mjs';
import { startProcess } from './support/process.js';
import { use } from './support/use.js';

/** Who may connect how; only what stands before the rules that the server has already. */
const RULES = `
hostssl all certified all cert
host all certified all reject
hostssl all encrypted all password
host all encrypted all reject
hostnossl all clear all password
host all clear all reject
`;

/** Lets the server read the file of a key, and nobody else. */
function give(path: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(path, Number(execFileSync('id', ['-u', 'postgres'])), 0);
}

/** A server with TLS, whose certificate is for `localhost` and not for its address. */
async function startEncrypted() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
  execFileSync('chmod', ['755', folder]);
  const file = (name: string, text: string, mode = 0o644) => {
    writeFileSync(join(folder, name), text, { mode });
    return join(folder, name);
  };
  const authority = await newAuthority();
  const other = await newAuthority('CN=Other');
  const own = await authority.issue({
    subject: 'CN=localhost',
    names: [{ type: 'dns', value: 'localhost' }],
    usage: ExtendedKeyUsage.serverAuth,
  });
  const caller = await authority.issue({ subject: 'CN=certified' });
  const stranger = await other.issue({ subject: 'CN=certified' });
  const files = {
    ca: file('ca.pem', authority.cert),
    other: file('other.pem', other.cert),
    cert: file('caller.pem', caller.cert),
    key: file('caller.key', caller.key, 0o600),
    strangerCert: file('stranger.pem', stranger.cert),
    strangerKey: file('stranger.key', stranger.key, 0o600),
    changing: file('changing.pem', other.cert),
  };
  const key = file('server.key', own.key, 0o600);
  give(key);
  const settings = { ssl: 'on', ssl_cert_file: file('server.pem', own.cert), ssl_key_file: key, ssl_ca_file: files.ca };
  const postgresFlags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startPostgres({ postgresFlags });
  const operator = new pg.Client({ connectionString: `${server.url}postgres` });
  await operator.connect();
  const [{ hba_file }] = (await operator.query<{ hba_file: string }>('SHOW hba_file')).rows as [{ hba_file: string }];
  writeFileSync(hba_file, RULES + readFileSync(hba_file, 'utf8'));
  await operator.query(`SELECT pg_reload_conf()`);
  for (const role of ['certified', 'encrypted', 'clear'])
    await operator.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
  await operator.end();
  const { port } = new URL(server.url);
  const dispose = async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  return { port, folder, authority: authority.cert, files, [Symbol.asyncDispose]: dispose };
}

/** Connects: whether that was with TLS, and the name in the certificate of the caller. */
async function connect(url: string): Promise<{ ssl: boolean; name: string | null }> {
  const dataSource = new DataSource(dataSourceOptions(url, false));
  try {
    await dataSource.initialize();
    const sql = 'SELECT ssl, client_dn AS name FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    const [row] = await dataSource.query<[{ ssl: boolean; name: string | null }]>(sql);
    return row;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

describe('a server with TLS', () => {
  const server = use((keep) => keep(startEncrypted()));
  const at = (parameters: string, { user = 'registry:registry', host = 'localhost' } = {}) =>
    `postgres://${user}@${host}:${server.port}/postgres?${parameters}`;
  const ssl = async (url: string) => (await connect(url)).ssl;

  it.each([
    ['', false],
    ['sslmode=disable', false],
    ['sslmode=allow', false],
    ['sslmode=prefer', true],
    ['sslmode=require', true],
    ['ssl=true', true],
  ])('with %j has TLS: %j', async (parameters, has) => {
    expect(await ssl(at(parameters))).toBe(has);
  });

  it('is verified where there are authorities, its name only with verify-full', async () => {
    const { ca, other } = server.files;
    const byAddress = { host: '127.0.0.1' };
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      expect(await ssl(at(`sslmode=${mode}&sslrootcert=${ca}`))).toBe(true);
      await expect(ssl(at(`sslmode=${mode}&sslrootcert=${other}`))).rejects.toThrow('certificate');
    }
    expect(await ssl(at(`sslmode=verify-ca&sslrootcert=${ca}`, byAddress))).toBe(true);
    await expect(ssl(at(`sslmode=verify-full&sslrootcert=${ca}`, byAddress))).rejects.toThrow(
      'IP: 127.0.0.1 is not in',
    );
    for (const parameters of ['sslmode=verify-full&sslrootcert=system', 'sslrootcert=system'])
      await expect(ssl(at(parameters))).rejects.toThrow('certificate');
    // Verified in vain, and then in the clear, as libpq has it.
    expect(await ssl(at(`sslmode=prefer&sslrootcert=${other}`))).toBe(false);
  });

  it('that refuses a way is reached on the other with allow and prefer, and on none with require', async () => {
    const encrypted = { user: 'encrypted:pw' };
    const clear = { user: 'clear:pw' };
    expect(await ssl(at('sslmode=allow', encrypted))).toBe(true);
    expect(await ssl(at('sslmode=prefer', clear))).toBe(false);
    await expect(ssl(at('sslmode=disable', encrypted))).rejects.toThrow('pg_hba.conf');
    await expect(ssl(at('sslmode=require', clear))).rejects.toThrow('pg_hba.conf');
    await expect(ssl(at('sslmode=prefer', { user: 'encrypted:wrong' }))).rejects.toThrow(
      /password authentication failed.+; .*pg_hba\.conf/,
    );
  });

  it('knows a caller by its certificate, and no stranger by one of another authority', async () => {
    const { ca, cert, key, strangerCert, strangerKey } = server.files;
    const certified = { user: 'certified' };
    const parameters = (one: string, itsKey: string) =>
      `sslmode=verify-full&sslrootcert=${ca}&sslcert=${one}&sslkey=${itsKey}`;
    expect(await connect(at(parameters(cert, key), certified))).toEqual({ ssl: true, name: '/CN=certified' });
    await expect(connect(at(parameters(strangerCert, strangerKey), certified))).rejects.toThrow();
    await expect(connect(at(`sslmode=verify-full&sslrootcert=${ca}`, certified))).rejects.toThrow('certificate');
    await expect(connect(at(parameters(cert, strangerKey)))).rejects.toThrow('sslcert and sslkey do not name');
  });

  it('is verified by the file as it is when a connection is made; one that goes away counts on', async () => {
    const { changing } = server.files;
    const dataSource = new DataSource(dataSourceOptions(at(`sslmode=verify-full&sslrootcert=${changing}`), false));
    await expect(dataSource.initialize()).rejects.toThrow('certificate');
    writeFileSync(changing, server.authority);
    await dataSource.initialize();
    rmSync(changing);
    const connections = await Promise.all(
      [1, 2].map(() =>
        dataSource.query<[object]>('SELECT pg_sleep(0.1), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
      ),
    );
    expect(connections.map(([row]) => row)).toMatchObject([{ ssl: true }, { ssl: true }]);
    await dataSource.destroy();
  });

  it('serves the service, also one of several hosts', async () => {
    const url = `postgres://registry:registry@127.0.0.1:1,localhost:${server.port}/postgres?sslmode=verify-full&sslrootcert=${server.files.ca}`;
    await using service = await startStandalone({ database: { url } });
    expect((await postClient(service.url, {})).status).toBe(201);
  });

  it('is verified by what Node trusts with sslrootcert=system', async () => {
    const environment = { DATABASE_URL: at('sslrootcert=system'), DATABASE_MIGRATE: 'true' };
    await using service = await startProcess({ ...environment, NODE_EXTRA_CA_CERTS: server.files.ca });
    expect((await postClient(service.url, {})).status).toBe(201);
  });
});

describe('a server without TLS', () => {
  it('is reached with disable, allow and prefer, and with no other mode', async () => {
    await using database = await POSTGRES.open();
    for (const mode of ['disable', 'allow', 'prefer'])
      expect((await connect(extended(database.url, `sslmode=${mode}`))).ssl).toBe(false);
    for (const parameters of ['sslmode=require', 'sslrootcert=system'])
      await expect(connect(extended(database.url, parameters))).rejects.toThrow('does not support SSL');
  });
});
