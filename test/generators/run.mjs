// A client that OpenAPI Generator makes of openapi.json for Python, against the built service: it uses each operation, and its own
// models judge each answer.
import { join } from 'node:path';
import { check, conclude } from '../package/checks.mjs';
import { PACKAGE, ROOT, run, temporaryFolder } from '../package/workspace.mjs';
import { startService, temporaryDatabase } from '../support/service.mjs';

/** What the program must have decoded, by the names that it prints. */
const WANTED = {
  example: true,
  'secrets shown': [true, null, true],
  lifespan: '90m',
  'created in UTC': true,
  page: ['orders/web'],
  total: '1',
  'names left out': [null],
  patched: ['Orders', ['ops@example.com'], true],
  replaced: true,
  lifespans: ['1h30m', null, null],
  labels: [null, null],
  kid: 'one',
  metadata: [['any', 1.5, null], { a: { b: 1 } }, 'text', 5, true, null],
  refusals: [
    [409, 'conflict', []],
    [400, 'invalid_redirect_uri', ['/redirect_uris/0', '/redirect_uris/1']],
    [412, 'precondition_failed', []],
    [404, 'not_found', []],
  ],
  health: ['ok', 'ok'],
  version: PACKAGE.version,
};

const here = import.meta.dirname;
const folder = temporaryFolder('generators');
const bin = join(folder, 'python', 'bin');
await run(folder, 'python3', '-m', 'venv', 'python');
await run(folder, join(bin, 'pip'), 'install', '--quiet', '--no-compile', '-r', join(here, 'requirements.txt'));
const target = ['-g', 'python', '-o', folder, '--package-name', 'registry_client'];
await run(folder, join(bin, 'openapi-generator-cli'), 'generate', '-i', join(ROOT, 'openapi.json'), ...target);

const service = await startService({ DATABASE_URL: temporaryDatabase() });
process.env.PYTHONPATH = folder;
const example = join(ROOT, 'test/seed/create-client.json');
const decoded = JSON.parse(await run(folder, join(bin, 'python'), join(here, 'program.py'), service.url, example));
await service.end('SIGTERM');
for (const [about, wanted] of Object.entries(WANTED))
  check(about, JSON.stringify(decoded[about]) === JSON.stringify(wanted), decoded[about]);
conclude();
