// Starts the built service and plays the conversations in force against it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startService, temporaryDatabase } from '../support/service.mjs';

const { areas, leftOut } = JSON.parse(readFileSync(join(import.meta.dirname, 'in-force.json'), 'utf8'));
const only = areas.map((area) => `${area}/`).join();
const skip = leftOut.map(({ id }) => id).join();
const service = await startService({ DATABASE_URL: temporaryDatabase() });
const runner = [join(import.meta.dirname, 'run.mjs'), '--admin', service.url, '--only', only, '--skip', skip];
const { status } = spawnSync(process.execPath, runner, { stdio: 'inherit' });
await service.end('SIGTERM');
process.exitCode = status ?? 1;
