import { startTestServer } from '../support/global-setup.mjs';
import { startPgbouncer } from '../support/pgbouncer.mjs';

/** A server behind PgBouncer. */
export default async function globalSetup() {
  const { url } = await startTestServer();
  globalThis.testPgbouncer = await startPgbouncer(url);
  process.env.TEST_ONLY_POSTGRES = 'true';
  process.env.TEST_POOLER_URL = globalThis.testPgbouncer.url;
}
