import { startPostgres } from './postgres.mjs';

/** One real PostgreSQL server for all suites; each makes databases of its own on it. */
export default async function globalSetup(): Promise<void> {
  const server = await startPostgres({
    // A locale that does not sort bytewise, so that a forgotten collation shows.
    initdbFlags: ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=300'],
  });
  process.env['TEST_POSTGRES_URL'] = server.url;
  Object.assign(globalThis, { testPostgres: server });
}
