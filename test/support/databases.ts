import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A database of a suite's own, which goes when it is disposed of. */
export interface TestDatabase extends AsyncDisposable {
  url: string;
  drop: () => Promise<void>;
}

/** The URL of a database with more parameters. */
export function extended(url: string, parameters: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${parameters}`;
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
  const drop = () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  const { TEST_POSTGRES_URL, TEST_POOLER_URL } = process.env;
  const url = TEST_POOLER_URL ? `${TEST_POOLER_URL}${name}?prepare=false` : `${TEST_POSTGRES_URL}${name}`;
  return { url, drop, [Symbol.asyncDispose]: drop };
}

function sqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-sqlite-'));
  const drop = async () => rmSync(folder, { recursive: true, force: true });
  return Promise.resolve({ url: `sqlite:${join(folder, 'clients.sqlite')}`, drop, [Symbol.asyncDispose]: drop });
}

export const SQLITE = { database: 'SQLite', isPostgres: false, open: sqlite };
export const POSTGRES = { database: 'PostgreSQL', isPostgres: true, open: postgres };

/** The databases that every guarantee holds on. */
export const DATABASES = process.env['TEST_ONLY_POSTGRES'] ? [POSTGRES] : [SQLITE, POSTGRES];
