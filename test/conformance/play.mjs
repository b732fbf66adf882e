// Starts the built service on each database and plays the conversations in force against it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASES } from '../../bench/databases.mjs';
import { startService } from '../support/service.mjs';

const { areas, leftOut } = JSON.parse(readFileSync(join(import.meta.dirname, 'in-force.json'), 'utf8'));
const only = areas.map((area) => `${area}/`).join();
const skip = leftOut.map(({ id }) => id).join();
for (const start of Object.values(DATABASES)) {
  const database = await start();
  const service = await startService({ DATABASE_URL: database.url, DATABASE_MIGRATE: 'true' });
  const runner = [join(import.meta.dirname, 'run.mjs'), '--admin', service.url, '--only', only, '--skip', skip];
  console.log(`Conformance on ${database.name}`);
  const { status } = spawnSync(process.execPath, runner, { stdio: 'inherit' });
  process.exitCode ||= status ?? 1;
  await service.end('SIGTERM');
  await database.stop();
}
process.exit();
