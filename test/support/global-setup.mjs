import { startPostgres } from './postgres.mjs';

/**
 * Starts the one real PostgreSQL server of all suites, which make databases of their own on it.
 *
 * @param {string[]} settings more settings of the server, as `name=value`
 */
export async function startTestServer(settings = []) {
  const server = await startPostgres({
    // A locale that does not sort bytewise, so that a forgotten collation shows.
    initdbFlags: ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: ['fsync=off', 'max_connections=300', ...settings].flatMap((setting) => ['-c', setting]),
  });
  process.env.TEST_POSTGRES_URL = server.url;
  globalThis.testPostgres = server;
  return server;
}

export default () => startTestServer();
