// npm run test:operations: the commands of docs/operations/, as they stand there but for names of folders, on real databases.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { check, conclude } from '../package/checks.mjs';
import { ROOT, temporaryFolder } from '../package/workspace.mjs';
import { PostgresServers } from '../support/postgres-server.mjs';
import { freePort, startService } from '../support/service.mjs';

const KEY = 'k'.repeat(40);
const AUDIT_KEY = 'a'.repeat(40);
const pages = ['recovery', 'incidents'].map((name) => readFileSync(join(ROOT, `docs/operations/${name}.md`), 'utf8'));
/** The commands of the pages, by the words behind `sh`. */
const RECIPES = new Map(
  pages.flatMap((page) => [...page.matchAll(/```sh ([^\n]+)\n(.*?)```/gs)].map(([, name, text]) => [name, text])),
);
const [, HELPERS] = /```sh\n.*?(^ask\(\).*?\n)```/ms.exec(pages[1]);
const left = new Set(RECIPES.keys());

const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** Asks a service with the key that may do everything. */
const admin = async (url, path, method, body) => {
  const options = method ? { method, body: body && JSON.stringify(body) } : {};
  const answer = await fetch(`${url}/admin/${path}`, { ...options, headers: bearer(KEY) });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
};

/** Runs a recipe of the pages as somebody does who pastes it, whatever fails. */
function paste(name, folder, variables, flags = '-c') {
  left.delete(name);
  const command = `oauth2-client-registry() { ${process.execPath} ${join(ROOT, 'dist/cli/cli.js')} "$@"; }\n${HELPERS}`;
  const text = RECIPES.get(name)
    .replaceAll('/var/backups/client-registry', `${folder}/backups`)
    .replaceAll('/var/lib/client-registry', `${folder}/data`);
  const options = { cwd: folder, env: { PATH: process.env.PATH, AUDIT_KEY, ...variables } };
  return promisify(execFile)('bash', ['-uo', 'pipefail', flags, command + text], options);
}

/** Runs a recipe of the pages, of which nothing may fail. */
async function recipe(name, folder, variables) {
  try {
    const { stdout } = await paste(name, folder, variables, '-ec');
    check(name, true);
    return stdout;
  } catch (error) {
    check(name, false, `${error.stdout}${error.stderr}`);
    return '';
  }
}

const newFolder = (name) => {
  const folder = temporaryFolder(name);
  mkdirSync(join(folder, 'data'));
  return folder;
};

const start = (url, more = {}) =>
  startService({
    DATABASE_URL: url,
    DATABASE_MIGRATE: 'true',
    ADMIN_AUTH: 'api-key',
    ADMIN_API_KEY: KEY,
    AUDIT_KEY,
    BCRYPT_COST: '4',
    ...more,
  });

/** Seals the journal of all that was answered: its list does so first. */
async function seal(url) {
  const { status, body } = await admin(url, 'changes');
  check('the journal is sealed', status === 200 && body.length > 0, status);
}

/** Makes a copy while the service writes, restores it, and looks whether all that was acknowledged before is there. */
async function backUpAndRestore({ database, folder, url, restored, variables }) {
  const service = await start(url);
  const secret = (
    await admin(service.url, 'clients', 'POST', { client_id: 'kept', grant_types: ['client_credentials'] })
  ).body.client_secret;
  for (let at = 0; at < 50; at++) await admin(service.url, 'clients', 'POST', { client_id: `before-${at}` });
  await seal(service.url);
  const later = Promise.all(
    Array.from({ length: 50 }, (_, at) => admin(service.url, 'clients', 'POST', { client_id: `later-${at}` })),
  );
  await recipe(`back up ${database}`, folder, variables);
  await later;
  await admin(service.url, 'clients/kept', 'DELETE');
  if (database === 'SQLite') await service.end('SIGTERM');
  const shown = await recipe(`restore ${database}`, folder, variables);
  check('the journal of the copy verifies', /^Sound: [1-9]\d* changes/m.test(shown), shown);
  const again = await start(restored);
  const clients = await Promise.all(Array.from({ length: 50 }, (_, at) => admin(again.url, `clients/before-${at}`)));
  check(
    'all clients from before the copy are there',
    clients.every(({ status }) => status === 200),
  );
  const authorization = basic('kept', secret);
  const proved = await admin(again.url, 'clients/authenticate', 'POST', { authorization, form: {} });
  check('with their secrets', proved.status === 200, proved);
  check(
    'and changes can be made',
    (await admin(again.url, 'clients/kept', 'PATCH', { client_name: 'Kept' })).status === 200,
  );
  await again.end('SIGTERM');
  if (database !== 'SQLite') await service.end('SIGTERM');
}

/** Deletes the file under the service, and gets it back from there. */
async function deleteAndRescue() {
  const folder = newFolder('rescue');
  const file = join(folder, 'data/clients.sqlite');
  const service = await start(`sqlite:${file}`);
  await admin(service.url, 'clients', 'POST', { client_id: 'kept' });
  await seal(service.url);
  rmSync(file);
  const refused = await admin(service.url, 'clients', 'POST', { client_id: 'later' });
  check('without its file the service refuses changes', refused.status === 503, refused);
  const shown = await recipe('rescue SQLite', folder, { pid: String(service.child.pid) });
  check('the journal of the rescued file verifies', /^Sound: [1-9]\d* changes/m.test(shown), shown);
  await service.end('SIGTERM');
  const again = await start(`sqlite:${join(folder, 'backups/rescued.sqlite')}`);
  check('and it has the client', (await admin(again.url, 'clients/kept')).status === 200);
  await again.end('SIGTERM');
}

const bearer = (key) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/merge-patch+json' });

async function leakedSecret({ database, call, folder, variables }) {
  const authenticate = (secret) =>
    call('clients/authenticate', 'POST', { authorization: basic('orders-web', secret), form: {} });
  const client = { client_id: 'orders-web', grant_types: ['client_credentials'] };
  const old = (await call('clients', 'POST', client)).body.client_secret;
  await authenticate(old);
  mkdirSync(join(folder, 'new-secret.json'));
  const stopped = await paste('leaked secret', folder, variables).catch(({ code }) => code);
  const { suspended } = (await call('clients/orders-web')).body;
  check(`${database}: a client whose leaked secret still stands stays suspended`, stopped > 0 && suspended, stopped);
  rmdirSync(join(folder, 'new-secret.json'));
  await recipe('leaked secret', folder, variables);
  const fresh = JSON.parse(readFileSync(join(folder, 'new-secret.json'), 'utf8')).client_secret;
  check(`${database}: the leaked secret is worth nothing`, (await authenticate(old)).status !== 200);
  check('and the new one lets the client in', (await authenticate(fresh)).status === 200);
  const activity = await recipe('uses of a client', folder, variables);
  check('its last use is shown', /"last_used_at": "20/.test(activity), activity);
}

async function wrongMassChange({ call, folder, variables, url }) {
  const key = (await call('keys', 'POST', { name: 'wrong', scopes: ['clients:write', 'clients:delete'] })).body;
  const ids = Array.from({ length: 8 }, (_, at) => `client ${at}`);
  for (const client_id of ids) await call('clients', 'POST', { client_id, scope: 'right' });
  const place = (id) => `clients/${encodeURIComponent(id)}`;
  const asWrong = (id, options) => fetch(`${url}/admin/${place(id)}`, { ...options, headers: bearer(key.key) });
  const since = new Date().toISOString();
  for (const id of ids.slice(0, 6))
    for (const scope of ['wrong', 'worse']) await asWrong(id, { method: 'PATCH', body: JSON.stringify({ scope }) });
  for (const id of ids.slice(6)) await asWrong(id, { method: 'DELETE' });
  const withKey = { ...variables, key: key.id, since };
  const done = await recipe('what an actor did', folder, withKey);
  check('each change of the key is shown', done.trim().split('\n').length === 14, done);
  await recipe('leaked API key', folder, withKey);
  check('the leaked key lets nobody in', (await asWrong('client 0', { method: 'DELETE' })).status === 401);
  await recipe('restore a mass deletion', folder, withKey);
  await recipe('find a mass change', folder, withKey);
  await recipe('revert a mass change', folder, withKey);
  const now = await Promise.all(ids.map(async (id) => (await call(place(id))).body.scope));
  check(
    'all clients are as they were',
    now.every((scope) => scope === 'right'),
    now,
  );
}

async function leakedTokens({ call, folder, variables, door }) {
  const send = async (place, method, token, body) => {
    const options = { method, body: JSON.stringify(body) };
    const answer = await fetch(`${door}${place}`, { ...options, headers: bearer(token) });
    return { status: answer.status, body: await answer.json() };
  };
  const register = (token) => send('', 'POST', token, { redirect_uris: ['https://a.example/cb'] });
  const made = (await call('registration-tokens', 'POST', { label: 'leaked', max_uses: 9 })).body;
  const { client_id: id } = (await register(made.token)).body;
  const shown = await recipe('leaked initial access token', folder, { ...variables, token: made.id });
  check('what was registered with it is shown', shown.includes(`\t${id}\t127.0.0.1`), shown);
  check('the leaked initial access token registers nothing', (await register(made.token)).status === 401);

  const own = (await call('clients/orders-web/registration-token', 'POST')).body.registration_access_token;
  const evil = { redirect_uris: ['https://evil.example/cb'] };
  const changed = await send('/orders-web', 'PUT', own, evil);
  const changes = await recipe('leaked registration access token', folder, variables);
  check('the change that was made with it is shown', /redirect_uris.*\t127\.0\.0\.1\n$/.test(changes), changes);
  const leaked = changed.body.registration_access_token;
  const fresh = JSON.parse(readFileSync(join(folder, 'new-token.json'), 'utf8')).registration_access_token;
  const statuses = [await send('/orders-web', 'PUT', leaked, evil), await send('/orders-web', 'PUT', fresh, evil)];
  check(
    'the leaked registration access token is worth nothing, and the new one is good',
    statuses.map(({ status }) => status).join() === '401,200',
    statuses,
  );
}

async function rotatedKey({ call, folder, variables, url }) {
  const old = (await call('keys', 'POST', { name: 'ci', scopes: ['clients:read'] })).body;
  await recipe('rotate an API key', folder, { ...variables, key: old.id });
  const made = JSON.parse(readFileSync(join(folder, 'new-key.json'), 'utf8'));
  const status = async (key) => (await fetch(`${url}/admin/clients`, { headers: bearer(key) })).status;
  check('the new key lets in', (await status(made.key)) === 200);
  check('and the old one does not', (await status(old.key)) === 401);
}

/** What the pages say of incidents and rotations, against a service. */
async function incidents(database, databaseUrl) {
  const port = await freePort();
  const service = await start(databaseUrl, { REGISTRATION: 'open', PUBLIC_PORT: String(port) });
  const { url } = service;
  const door = `http://127.0.0.1:${port}/oauth2/register`;
  const call = (...args) => admin(url, ...args);
  const variables = { OAUTH2_REGISTRY_URL: url, OAUTH2_REGISTRY_TOKEN: KEY };
  const scene = { database, call, folder: newFolder('incidents'), variables, url, door };
  await leakedSecret(scene);
  await wrongMassChange(scene);
  await leakedTokens(scene);
  await rotatedKey(scene);
  await service.end('SIGTERM');
}

const folder = newFolder('recovery');
const file = `sqlite:${join(folder, 'data/clients.sqlite')}`;
await backUpAndRestore({ database: 'SQLite', folder, url: file, restored: file, variables: { DATABASE_URL: file } });
await deleteAndRescue();
await incidents('SQLite', `sqlite:${join(newFolder('sqlite'), 'clients.sqlite')}`);

const servers = new PostgresServers();
try {
  const server = await servers.add('first');
  server.start();
  await server.query('CREATE ROLE registry LOGIN');
  for (const name of ['clients', 'others']) await server.query(`CREATE DATABASE ${name} OWNER registry`);
  const ordinary = (name) => server.url(name).replace('postgres@', 'registry@');
  const [url, restored] = [ordinary('clients'), ordinary('restored')];
  await backUpAndRestore({
    database: 'PostgreSQL',
    folder,
    url,
    restored,
    variables: { DATABASE_URL: url, RESTORED_URL: restored, ADMINISTRATOR_URL: server.url() },
  });
  await incidents('PostgreSQL', ordinary('others'));
} finally {
  servers.remove();
}
check('every recipe was run', left.size === 0, [...left]);
conclude();
