// What the Dockerfile says beyond the build, which test:package runs.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { check } from '../package/checks.mjs';
import { ROOT, temporaryFolder } from '../package/workspace.mjs';
import { START, startService, temporaryDatabase } from '../support/service.mjs';
import { read } from './schemas.mjs';

const SCRIPT = join(ROOT, 'docker/health-check.sh');

/** The code that the health check ends with, while this process goes on answering it. */
async function healthOf(variables) {
  const child = spawn(SCRIPT, { env: { PATH: process.env.PATH, ...variables }, stdio: 'ignore' });
  return (await once(child, 'exit'))[0];
}

async function ask(make, variables, status) {
  const server = make((request, response) => response.writeHead(request.url === '/health/ready' ? status : 404).end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const code = await healthOf({ ADMIN_PORT: String(server.address().port), ...variables });
  await new Promise((resolve) => server.close(resolve));
  return code;
}

/** Checks the health check, the start without a choice of access, and that the base can be pinned. */
export async function checkImage() {
  const dockerfile = read('Dockerfile');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const ways = {
    HTTP: [createServer, {}],
    TLS: [(answer) => createTlsServer({ key, cert }, answer), { ADMIN_TLS_CERT: 'any' }],
  };
  for (const [name, [make, variables]] of Object.entries(ways)) {
    check(`the health check passes with 200 over ${name}`, (await ask(make, variables, 200)) === 0);
    check('and fails with 503', (await ask(make, variables, 503)) === 1);
    check('and fails when nothing listens', (await healthOf({ ADMIN_PORT: '1', ...variables })) === 1);
  }
  const service = await startService({ DATABASE_URL: temporaryDatabase() });
  check('and passes with the service', (await healthOf({ ADMIN_PORT: new URL(service.url).port })) === 0);
  await service.end('SIGTERM');

  const [, command] = /^CMD (.+)$/m.exec(dockerfile);
  check(
    'the image starts it as npm start does',
    command === JSON.stringify(['node', ...START]).replaceAll(',', ', '),
    command,
  );

  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  check(
    'one argument pins the base of both stages',
    bases.length === 2 && bases.every((base) => base === '${NODE_IMAGE}'),
    bases,
  );
  const [, variables] = /^ENV (.+)$/m.exec(dockerfile);
  const env = { PATH: process.env.PATH, ...Object.fromEntries(variables.split(' ').map((pair) => pair.split('='))) };
  const started = spawnSync(process.execPath, [join(ROOT, 'dist/service.js')], {
    env,
    cwd: temporaryFolder('image'),
    encoding: 'utf8',
    timeout: 60_000,
  });
  check(
    'the image starts with no access that nobody chose',
    started.status === 1 && /ADMIN_AUTH/.test(started.stdout + started.stderr),
    started,
  );
}
