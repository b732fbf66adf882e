import { startTestServer } from '../support/global-setup.mjs';

/** A server whose transactions are serialisable unless they say otherwise. */
export default async function globalSetup() {
  process.env.TEST_ONLY_POSTGRES = 'true';
  await startTestServer(['default_transaction_isolation=serializable']);
}
