import stopServer from '../support/global-teardown.mjs';

export default async function globalTeardown() {
  await globalThis.testPgbouncer.stop();
  await stopServer();
}
