// The built service as its users run it: creates the documented example, is killed, starts again and shows it.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { startService, temporaryDatabase } from './support/service.mjs';

const SERVER_OWNED = ['created_at', 'updated_at', 'registration_access_token', 'registration_client_uri'];
const example = readFileSync(new URL('seed/create-client.json', import.meta.url), 'utf8');
const sent = Object.entries(JSON.parse(example)).filter(([name]) => !SERVER_OWNED.includes(name));
let passed = 0;
let failed = 0;

function check(about, holds) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok' : 'NOT OK'}  ${about}`);
}

const environment = { DATABASE_URL: temporaryDatabase() };
const first = await startService(environment);
const created = await fetch(`${first.url}/admin/clients`, { method: 'POST', body: example });
const client = await created.json();
check('the documented example is created', created.status === 201);
check('Location tells its place', created.headers.get('location') === '/admin/clients/orders-web');
for (const [name, value] of sent) check(`create answers ${name} as sent`, isDeepStrictEqual(client[name], value));
for (const path of ['/docs', '/openapi.json']) check(`${path} is served`, (await fetch(first.url + path)).ok);
await first.end('SIGKILL');

const second = await startService(environment);
const read = await fetch(`${second.url}/admin/clients/orders-web`);
const shown = await read.json();
check('the client is there after the process was killed', read.status === 200);
for (const [name, value] of sent) {
  if (name === 'client_secret') check('its secret is not shown again', !(name in shown));
  else check(`get answers ${name} as sent`, isDeepStrictEqual(shown[name], value));
}
check('the service ends in peace', (await second.end('SIGTERM')) === 0);
check('nothing was worth a warning', first.output() + second.output() === '');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
