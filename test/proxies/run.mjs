// The recipes of docs/operations.md, run by nginx and HAProxy as they stand there but for their ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as nodeRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_HEADERS } from '../support/full-key.mjs';
import { freePort, startService, temporaryDatabase } from '../support/service.mjs';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const [, adminPart, publicPart] = page.split(/^## (?:Behind a proxy|The public listener)$/m);
const recipe = (part, language) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(part)[1];
const variablesOf = (part) =>
  Object.fromEntries([...recipe(part, 'sh').matchAll(/^(\w+)=(\S+)/gm)].map(([, name, value]) => [name, value]));
const publicPort = await freePort();
const environment = {
  ...variablesOf(adminPart),
  ...variablesOf(publicPart),
  // As the page says it for a proxy on the same machine.
  PUBLIC_HOST: '127.0.0.1',
  PUBLIC_TRUSTED_PROXIES: '127.0.0.1',
  PUBLIC_PORT: String(publicPort),
};
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

/** Sends a request by way of a proxy, from the address `from` of this machine. */
function ask(port, path, { method = 'GET', headers = {}, body = '', from } = {}) {
  return new Promise((resolve, reject) => {
    const all = { host: `auth.example.com:${port}`, ...headers };
    nodeRequest({ host: '127.0.0.1', localAddress: from, port, path, method, headers: all }, async (response) =>
      resolve({ status: response.statusCode, headers: response.headers, text: await textOf(response) }),
    )
      .on('error', reject)
      .end(body);
  });
}

async function tryOutAdmin(say, port, name) {
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

async function tryOutPublic(say, port) {
  // Another address of this machine than the proxy's, as if from elsewhere.
  const from = '127.0.0.2';
  const send = (path, { headers, ...options } = {}) =>
    ask(port, path, { from, ...options, headers: { host: 'id.example.com', ...headers } });
  const register = (members, headers) =>
    send('/oauth2/register', { method: 'POST', headers, body: JSON.stringify(members) });
  const redirects = { redirect_uris: ['https://desktop.example.com/callback'] };
  const created = await register(redirects, { 'x-forwarded-for': '192.0.2.1' });
  const { client_id: id, registration_access_token: token } = JSON.parse(created.text);
  const place = `https://id.example.com/oauth2/register/${id}`;
  say('a client registers, and is told where it is managed', created.headers.location === place, created);
  const read = await send(new URL(place).pathname, { headers: { authorization: `Bearer ${token}` } });
  say('and is managed there', read.status === 200, read);
  const history = await fetch(`${service.url}/admin/clients/${id}/history`, { headers: KEY_HEADERS });
  const [{ actor }] = await history.json();
  say('its source is who asked the proxy, whatever it says', actor.address === from, actor);
  for (const path of ['/admin/clients', '/oauth2/../admin/clients', '/oauth2/%2e%2e/admin/clients', '/health/ready']) {
    const answer = await send(path);
    say(`${path} leads nowhere`, [404, 503].includes(answer.status), answer);
  }
  const foreign = await register(redirects, { origin: 'https://evil.example' });
  say('a foreign page may not register', foreign.status === 403, foreign);
  const other = await register(redirects, { host: 'evil.example' });
  say('another Host may not', other.status === 403, other);
  const large = await register({ ...redirects, padding: 'p'.repeat(1024 * 1024 - 100) });
  say('a body of nearly 1 MiB arrives', large.status === 201, large);
}

const service = await startService({ ...environment, DATABASE_URL: temporaryDatabase() });

/** The two listeners of the service, and what of a proxy leads there. */
const LISTENERS = [
  { about: 'admin', part: adminPart, path: '/registry/health/ready', tryOut: tryOutAdmin },
  { about: 'public', part: publicPart, path: '/oauth2/registration-policies', tryOut: tryOutPublic },
];

async function run(name, command, args, edit) {
  for (const { about, part, path, tryOut } of LISTENERS) {
    const port = await freePort();
    const { host, port: adminPort } = new URL(service.url);
    const text = recipe(part, name)
      .replace('127.0.0.1:4445', host)
      .replace('127.0.0.1:4444', `127.0.0.1:${publicPort}`)
      .replace('check port 4445', `check port ${adminPort}`)
      .replace(/(listen |bind :)8080/, `$1${port}`);
    const file = join(folder, `${name}-${about}.conf`);
    writeFileSync(file, edit(text));
    const proxy = spawn(command, args(file), { stdio: 'inherit' });
    const exited = once(proxy, 'exit');
    const headers = about === 'public' ? { host: 'id.example.com' } : {};
    try {
      for (let tries = 0; (await ask(port, path, { headers }).catch(() => ({}))).status !== 200; tries++) {
        if (tries > 200 || proxy.exitCode !== null) throw new Error(`${name} did not start`);
        await sleep(50);
      }
      const say = (what, holds, shown) => check(`${name}, ${about}: ${what}`, holds, JSON.stringify(shown));
      await tryOut(say, port, name);
    } finally {
      proxy.kill('SIGTERM');
      await exited;
    }
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
