import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A database of a suite's own. */
export interface TestDatabase {
  url: string;
  drop: () => Promise<void>;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${process.env['TEST_POSTGRES_URL']}postgres` });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function postgres(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  return {
    url: `${process.env['TEST_POSTGRES_URL']}${name}`,
    drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

function sqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-sqlite-'));
  const drop = async () => rmSync(folder, { recursive: true });
  return Promise.resolve({ url: `sqlite:${join(folder, 'clients.sqlite')}`, drop });
}

/** The databases that every guarantee holds on. */
export const DATABASES = [
  { database: 'SQLite', open: sqlite },
  { database: 'PostgreSQL', open: postgres },
];
