import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../test/support/postgres.mjs';

async function sqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'registry-bench-'));
  const stop = async () => rmSync(folder, { recursive: true, force: true });
  const file = (name) => `sqlite:${join(folder, `${name}.sqlite`)}`;
  return { name: 'SQLite', url: file('clients'), another: async (name) => file(name), stop };
}

async function postgres() {
  const server = await startPostgres({
    // A fraction of the memory of a server that is made for a million clients.
    postgresFlags: ['-c', 'shared_buffers=1GB', '-c', 'maintenance_work_mem=512MB', '-c', 'max_wal_size=8GB'],
  });
  const another = async (name) => {
    await server.createDatabase(name);
    return server.url + name;
  };
  return { name: 'PostgreSQL', url: `${server.url}postgres`, another, stop: server.stop };
}

/** Starts each database to be measured, durable as in production. `another` creates a second, empty database. */
export const DATABASES = { sqlite, postgres };

/**
 * Measures on the chosen database, or on one after the other.
 *
 * @returns what `measure` returns, by the name of the database
 */
export async function onEach(options, measure) {
  const all = {};
  for (const [name, start] of Object.entries(DATABASES)) {
    if (options.database && options.database !== name) continue;
    const database = await start();
    try {
      all[database.name] = await measure(database);
    } finally {
      await database.stop();
    }
  }
  return all;
}
