// The services of deploy/compose.yaml as processes of this machine, with the environment, commands and files that it gives them.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { check } from '../package/checks.mjs';
import { ROOT, run, temporaryFolder } from '../package/workspace.mjs';
import { startPostgres } from '../support/postgres.mjs';
import { freePort, startService } from '../support/service.mjs';
import { COMPOSE, read } from './schemas.mjs';

const NAMES = ['registry-1', 'registry-2'];
const { services } = COMPOSE;

/** A program that goes on, until it is ended. */
function start(program, ...args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function eventually(about, isSo) {
  for (let tries = 0; tries < 300; tries++) {
    if (await isSo().catch(() => false)) return check(about, true);
    await sleep(100);
  }
  return check(about, false);
}

function checkFiles(deploy) {
  const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')));
  const files = mounts.map(([source]) => source).filter((source) => source.startsWith('./'));
  check(
    'each file that is mounted is there',
    files.length > 0 && files.every((file) => existsSync(join(deploy, file))),
    files,
  );
  const made = Object.values(COMPOSE.secrets).map(({ file }) => join(deploy, file));
  check(
    'make-secrets.sh makes each secret',
    made.every((file) => existsSync(file) && readFileSync(file, 'utf8').length >= 32),
    made,
  );
  check('in a folder that nobody else may enter', (statSync(join(deploy, 'secrets')).mode & 0o777) === 0o700);
  const dashboards = read('deploy/grafana/provisioning/dashboards/client-registry.yaml').match(/path: (\S+)/)[1];
  check(
    'Grafana looks for dashboards where one is mounted',
    mounts.some(([, target = '']) => target.startsWith(`${dashboards}/`)),
  );
}

/** The environment of a service, with its secrets and its proxy where they are here. */
function environmentOf(name, deploy, others) {
  const here = (value) => value.replace('/run/secrets/', `${deploy}/secrets/`).replace('172.30.44.10', '127.0.0.1');
  const pairs = Object.entries(services[name].environment).map(([key, value]) => [key, here(value)]);
  return { ...Object.fromEntries(pairs), ADMIN_HOST: '0.0.0.0', ...others };
}

async function prepareDatabase(deploy, postgres) {
  const secret = (name) => readFileSync(join(deploy, 'secrets', name), 'utf8');
  const { POSTGRES_USER, POSTGRES_DB } = services.postgres.environment;
  await postgres.createDatabase(POSTGRES_DB);
  const client = new pg.Client(postgres.url + POSTGRES_DB);
  await client.connect();
  await client.query(`ALTER ROLE ${POSTGRES_USER} PASSWORD '${secret('database-password')}'`);
  await client.end();
  const url = secret('database-url').replace('postgres:5432', new URL(postgres.url).host);
  writeFileSync(join(deploy, 'secrets/database-url'), url);
}

/** Restarts one service after the other, while four callers ask for a client all the time. */
async function checkRestarts(url, headers, restart) {
  const load = { isOver: false };
  const statuses = new Map();
  const callers = Array.from({ length: 4 }, async () => {
    while (!load.isOver) {
      const status = await fetch(url, { headers }).then(
        async (answer) => (await answer.text()) && answer.status,
        ({ cause }) => String(cause),
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await sleep(5);
    }
  });
  for (const name of NAMES) {
    await restart(name);
    // HAProxy must have seen that it is back before the next one goes.
    await sleep(4000);
  }
  load.isOver = true;
  await Promise.all(callers);
  const isServed = statuses.size === 1 && statuses.get(200) > 100;
  check('one restart after the other fails no request', isServed, [...statuses]);
}

/** Asks at the public listener, by way of HAProxy. */
async function checkPublic(url) {
  const answers = async (path, method) => {
    const answer = await fetch(url + path, { method });
    return `${answer.status} ${(await answer.json()).error_description}`;
  };
  const off = await answers('/oauth2/register', 'POST');
  check('the public listener says that registration is off', /^404 .*REGISTRATION is off/.test(off), off);
  const admin = await answers('/admin/clients', 'GET');
  check('and has no admin API', /^404 .*admin API has another port/.test(admin), admin);
}

async function checkProxy(deploy, running, publicPorts, restart) {
  const file = join(deploy, 'haproxy/haproxy.cfg');
  await run(deploy, 'haproxy', '-c', '-q', '-f', file);
  check('HAProxy takes its configuration', true);
  const [port, open] = [await freePort(), await freePort()];
  let text = readFileSync(file, 'utf8')
    .replace('bind :8080', `bind 127.0.0.1:${port}`)
    .replace('bind :8081', `bind 127.0.0.1:${open}`);
  for (const name of NAMES) {
    const { host, port: admin } = new URL(running[name].url);
    text = text
      .replace(`${name}:4445`, host)
      .replace(`${name}:4444 port 4445`, `127.0.0.1:${publicPorts[name]} port ${admin}`);
  }
  writeFileSync(file, text);
  const haproxy = start('haproxy', '-f', file);
  const url = `http://127.0.0.1:${port}`;
  await eventually('HAProxy finds the services ready', async () => (await fetch(`${url}/health/ready`)).ok);
  const authorization = `Bearer ${readFileSync(join(deploy, 'secrets/admin-api-key'), 'utf8')}`;
  check('who has no key gets 401', (await fetch(`${url}/admin/clients`)).status === 401);
  const headers = { authorization, 'x-forwarded-prefix': '/evil', 'x-request-id': 'chosen-by-the-caller' };
  const created = await fetch(`${url}/admin/clients`, { method: 'POST', headers, body: '{"client_id":"one"}' });
  check('who has it creates a client', created.status === 201, await created.text());
  check('a caller does not say where the service is', created.headers.get('location') === '/admin/clients/one');
  const named = created.headers.get('x-request-id');
  check('nor how its request is called: the proxy does', /^[0-9a-f-]{36}$/.test(named), named);
  await eventually(
    'HAProxy finds the public listeners',
    async () => (await fetch(`http://127.0.0.1:${open}/`)).status === 404,
  );
  await checkPublic(`http://127.0.0.1:${open}`);

  await checkRestarts(`${url}/admin/clients/one`, { authorization }, restart);
  haproxy.kill('SIGTERM');
}

async function checkPrometheus(deploy, metricsPorts) {
  const folder = join(deploy, 'etc');
  mkdirSync(folder);
  cpSync(join(deploy, 'alerts.yaml'), join(folder, 'alerts.yaml'));
  const file = join(folder, 'prometheus.yml');
  const text = readFileSync(join(deploy, 'prometheus/prometheus.yaml'), 'utf8');
  writeFileSync(file, text);
  const checked = await run(folder, 'promtool', 'check', 'config', file).catch(({ message }) => message);
  check(
    'Prometheus takes its configuration and the rules',
    checked.includes('is valid') && !checked.includes('FAILED'),
    checked,
  );
  const tested = await run(join(ROOT, 'test/deploy'), 'promtool', 'test', 'rules', 'alerts.test.yaml').catch(
    ({ message }) => message,
  );
  check('the alerts are raised when they should be, and not before', tested.includes('SUCCESS'), tested);
  let here = text.replaceAll('15s', '1s');
  for (const name of NAMES) here = here.replace(`${name}:9464`, `127.0.0.1:${metricsPorts[name]}`);
  writeFileSync(file, here);
  const port = await freePort();
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  const prometheus = start('prometheus', ...flags);
  const query = async (expression) =>
    (await (await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`)).json()).data
      .result;
  await eventually(
    'Prometheus reads both services',
    async () => (await query('oauth2_registry_database_up == 1')).length === 2,
  );
  prometheus.kill('SIGTERM');
}

/** Checks compose.yaml with all that it mounts. */
export async function checkCompose() {
  const deploy = join(temporaryFolder('compose'), 'deploy');
  cpSync(join(ROOT, 'deploy'), deploy, { recursive: true });
  await run(deploy, './make-secrets.sh');
  const key = readFileSync(join(deploy, 'secrets/admin-api-key'), 'utf8');
  await run(deploy, './make-secrets.sh');
  check(
    'make-secrets.sh keeps the secrets that there are',
    readFileSync(join(deploy, 'secrets/admin-api-key'), 'utf8') === key,
  );
  checkFiles(deploy);
  const postgres = await startPostgres();
  try {
    await prepareDatabase(deploy, postgres);
    const [, ...args] = services.migrate.command;
    await run(
      ROOT,
      'env',
      '-i',
      ...Object.entries(environmentOf('migrate', deploy, {})).map((pair) => pair.join('=')),
      process.execPath,
      ...args,
    );
    check('the command of migrate makes the tables', true);
    const running = {};
    const metricsPorts = {};
    const publicPorts = {};
    const environments = {};
    for (const name of NAMES) {
      metricsPorts[name] = String(await freePort());
      publicPorts[name] = String(await freePort());
      const ports = { METRICS_PORT: metricsPorts[name], PUBLIC_PORT: publicPorts[name] };
      running[name] = await startService(environmentOf(name, deploy, ports));
      environments[name] = environmentOf(name, deploy, { ...ports, ADMIN_PORT: new URL(running[name].url).port });
    }
    const restart = async (name) => {
      check(`${name} ends in peace`, (await running[name].end('SIGTERM')) === 0);
      running[name] = await startService(environments[name]);
    };
    await checkProxy(deploy, running, publicPorts, restart);
    await checkPrometheus(deploy, metricsPorts);
    for (const name of NAMES) await running[name].end('SIGTERM');
  } finally {
    await postgres.stop();
  }
}
