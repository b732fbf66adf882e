// The recipes of docs/operations.md, run by nginx and HAProxy as they stand there but for their ports.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as nodeRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startService, temporaryDatabase } from '../support/service.mjs';

const [, page] = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8').split('## Behind a proxy');
const recipe = (language) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)[1];
const environment = Object.fromEntries(
  [...recipe('sh').matchAll(/^(\w+)=(\S+)/gm)].map(([, name, value]) => [name, value]),
);
const folder = mkdtempSync(join(tmpdir(), 'proxies-'));
// The workers of an nginx that root starts run as somebody else.
chmodSync(folder, 0o755);
let passed = 0;
let failed = 0;

function check(about, holds, shown = '') {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok' : 'NOT OK'}  ${about}${holds ? '' : ` ${shown}`}`);
}

function ask(port, path, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((resolve, reject) => {
    const all = { host: `auth.example.com:${port}`, ...headers };
    nodeRequest({ host: '127.0.0.1', port, path, method, headers: all }, async (response) =>
      resolve({ status: response.statusCode, headers: response.headers, text: await textOf(response) }),
    )
      .on('error', reject)
      .end(body);
  });
}

async function tryOut(name, port) {
  const say = (about, holds, shown) => check(`${name}: ${about}`, holds, JSON.stringify(shown));
  const post = (client, headers) =>
    ask(port, '/registry/admin/clients', { method: 'POST', headers, body: JSON.stringify(client) });
  const id = `${name}/b c`;
  const created = await post({ client_id: id }, { 'x-forwarded-prefix': '/evil' });
  const place = `/registry/admin/clients/${encodeURIComponent(id)}`;
  say('Location is a path of the proxy', created.headers.location === place, created.headers);
  say('and leads to the client', (await ask(port, place)).status === 200);
  const list = await ask(port, '/registry/admin/clients?page_size=1');
  const next = /<([^>]*)>; rel="first"/.exec(list.headers.link ?? '')?.[1] ?? '';
  say('Link is a path of the proxy, and leads to a page', (await ask(port, next)).status === 200, list.headers);
  const home = await ask(port, '/registry/');
  say('the root redirects to the pages', home.headers.location === '/registry/docs', home);
  say('the pages load', (await ask(port, '/registry/docs/swagger-ui.css')).status === 200);
  const document = JSON.parse((await ask(port, '/registry/openapi.json')).text);
  say('Swagger UI calls the proxy', document.servers?.[0]?.url === '/registry', document.servers);
  const origin = `http://auth.example.com:${port}`;
  say('its own page may create', (await post({}, { origin })).status === 201);
  say('a foreign page may not', (await post({}, { origin: 'https://evil.example' })).status === 403);
  const evil = { host: 'evil.example' };
  say('another Host may not', (await ask(port, '/registry/admin/clients', { headers: evil })).status === 403);
  const padding = 'p'.repeat(1024 * 1024 - 14);
  say('a body of 1 MiB arrives', (await post({ padding })).status === 201);
}

const service = await startService({ ...environment, DATABASE_URL: temporaryDatabase() });

async function run(name, command, args, edit) {
  const port = await freePort();
  const text = recipe(name)
    .replace('127.0.0.1:4445', new URL(service.url).host)
    .replace(/(listen |bind :)8080/, `$1${port}`);
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, edit(text));
  const proxy = spawn(command, args(file), { stdio: 'inherit' });
  try {
    for (let tries = 0; (await ask(port, '/registry/health/ready').catch(() => ({}))).status !== 200; tries++) {
      if (tries > 200 || proxy.exitCode !== null) throw new Error(`${name} did not start`);
      await sleep(50);
    }
    await tryOut(name, port);
  } finally {
    proxy.kill('SIGTERM');
  }
}

const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${folder}/${one};`);
try {
  await run(
    'nginx',
    'nginx',
    (file) => ['-p', folder, '-e', 'stderr', '-c', file],
    (text) => `daemon off; pid ${folder}/pid; events {} http { access_log off; ${paths.join(' ')}\n${text} }`,
  );
  await run(
    'haproxy',
    'haproxy',
    (file) => ['-f', file],
    (text) => text,
  );
} finally {
  await service.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
