import type { PostgresServer } from './postgres.mjs';

export default async function globalTeardown(): Promise<void> {
  await (globalThis as unknown as { testPostgres: PostgresServer }).testPostgres.stop();
}
