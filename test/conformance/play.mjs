// Starts the built service on each database and plays the conversations in force against it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASES } from '../../bench/databases.mjs';
import { freePort, startService } from '../support/service.mjs';

const { areas, leftOut } = JSON.parse(readFileSync(join(import.meta.dirname, 'in-force.json'), 'utf8'));
const only = areas.map((area) => `${area}/`).join();
const skip = leftOut.map(({ id }) => id).join();
for (const start of Object.values(DATABASES)) {
  const database = await start();
  const port = await freePort();
  const door = `http://127.0.0.1:${port}`;
  const open = { REGISTRATION: 'open', REGISTRATION_SOURCE_LIMIT: '0' };
  const registration = { ...open, PUBLIC_PORT: String(port), PUBLIC_URL: door };
  const service = await startService({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', ...registration });
  const run = join(import.meta.dirname, 'run.mjs');
  const runner = [run, '--admin', service.url, '--public', door, '--only', only, '--skip', skip];
  console.log(`Conformance on ${database.name}`);
  const { status } = spawnSync(process.execPath, runner, { stdio: 'inherit' });
  process.exitCode ||= status ?? 1;
  await service.end('SIGTERM');
  await database.stop();
}
process.exit();
