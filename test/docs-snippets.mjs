// Runs the compiled snippets of README and docs, and prints what it saw. See docs-snippets.spec.ts.
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClientAuthenticator, ClientsService, OAuthError } from 'oauth2-client-registry';
import { DataSource } from 'typeorm';

const [, , folder] = process.argv;
const load = (name) => import(pathToFileURL(join(folder, `${name}.js`)).href);
const METADATA = '{"n":12345678901234567890,"f":1.0}';

/** Applications that are made, by the main files of the pages, too. */
const started = [];
const create = NestFactory.create.bind(NestFactory);
NestFactory.create = (module, ...others) => {
  const options = { logger: false, abortOnError: false };
  const isOptions = others.length > 0 && !('getHttpServer' in others.at(-1));
  if (isOptions) Object.assign(options, others.pop());
  const app = create(module, ...others, options);
  started.push(app);
  return app;
};

async function startMain(name) {
  process.env.PORT = '0';
  await load(name);
  const app = await started.at(-1);
  const server = app.getHttpServer();
  if (!server.listening) await once(server, 'listening');
  return app;
}

async function startModule(imports) {
  class Root {}
  Module({ imports })(Root);
  const app = await NestFactory.create(Root);
  await app.listen(0, '127.0.0.1');
  return app;
}

async function call(app, path, { body, ...headers } = {}) {
  const { port } = app.getHttpServer().address();
  const method = body === undefined ? 'GET' : 'POST';
  return fetch(`http://127.0.0.1:${port}${path}`, { method, body, headers });
}

const statusOf = async (app, path, request) => (await call(app, path, request)).status;

/** A client, sent as curl sends it; its metadata as they came back. */
async function createOver(app) {
  const answer = await call(app, '/admin/clients', { body: `{"metadata":${METADATA}}` });
  const text = await answer.text();
  return { status: answer.status, metadata: /"metadata":(\{.*?\})/.exec(text)?.[1] };
}

async function quickstart(main) {
  const app = await startMain(main);
  const created = await createOver(app);
  await app.close();
  return created;
}

async function onServer(main) {
  const app = await startMain(main);
  const created = await createOver(app);
  const id = 'x'.repeat(255);
  const clients = app.get(ClientsService, { strict: false });
  await clients.create({ client_id: id });
  const longId = await statusOf(app, `/admin/clients/${id}`);
  await clients.remove(id);
  await app.close();
  return { ...created, longId };
}

async function inMemory() {
  const { shop: options } = await load('embedding/shop.data-source');
  return { ...options, database: ':memory:', enableWAL: false };
}

/** Tables that are left when all migrations of an application are undone, and how many these are. */
async function undone() {
  const dataSource = await new DataSource(await inMemory()).initialize();
  const { length } = dataSource.migrations;
  for (let left = length; left > 0; left -= 1) await dataSource.undoLastMigration();
  const tables = await dataSource.query(`SELECT name FROM sqlite_master WHERE type = 'table'`);
  await dataSource.destroy();
  return [length, ...tables.map(({ name }) => name)];
}

/** Statuses of creating a client at the usual path, at the short one, and below a prefix. */
async function optionsOf(registry) {
  const app = await startModule([TypeOrmModule.forRoot(await inMemory()), registry]);
  const statuses = [];
  for (const path of ['/admin/clients', '/clients', '/registry/admin/clients'])
    statuses.push(await statusOf(app, path, { body: '{}', 'content-type': 'application/json' }));
  await app.close();
  return statuses;
}

/** Statuses of a list beside the clients, without and with the credentials of an operator. */
async function listedBeside(beside, path) {
  const app = await startModule([TypeOrmModule.forRoot(await inMemory()), byFactory, beside]);
  const statuses = [];
  for (const headers of [{}, { authorization: 'Bearer operator' }]) statuses.push(await statusOf(app, path, headers));
  await app.close();
  return statuses;
}

async function registries() {
  const { RegistriesModule, PartnerClients } = await load('embedding/registries.module');
  const app = await startModule([RegistriesModule]);
  await app.get(PartnerClients, { strict: false }).clients.create({ client_id: 'theirs', owner: 'their-own' });
  await call(app, '/admin/clients', { body: '{"client_id":"ours"}', 'content-type': 'application/json' });
  const statuses = [
    await statusOf(app, '/admin/clients/ours'),
    await statusOf(app, '/partners/admin/clients/ours'),
    await statusOf(app, '/admin/clients/theirs'),
    await statusOf(app, '/partners/admin/clients/theirs'),
  ];
  const rows = await app
    .get(getDataSourceToken('partners'), { strict: false })
    .query('SELECT owner FROM registry.partners_oauth2_client');
  await app.close();
  return [...statuses, rows[0].owner];
}

async function guardOf(app) {
  const refused = await call(app, '/api/admin/clients');
  return [
    refused.status,
    await refused.json(),
    await statusOf(app, '/api/admin/clients', { authorization: 'Bearer operator' }),
  ];
}

async function inProcess(app) {
  const { Onboarding } = await load('embedding/onboarding.service');
  const onboarding = app.get(Onboarding);
  const { client_id: id, client_secret: secret, owner } = await onboarding.enrol('team-orders', 'https://a.example/cb');
  const faults = await onboarding.enrol('team-orders', 'https://a.example/#cb');
  const clients = app.get(ClientsService, { strict: false });
  for (const name of ['svc-x', 'svc-y']) await clients.create({ client_id: name, owner });
  await onboarding.rename(id, 'renamed');
  const owned = [];
  for await (const client of onboarding.ofOwner(owner)) owned.push(client.client_name);
  // One of these is stored by the application's own hasher.
  await clients.create({ client_id: 'chosen', client_secret: 'correct horse' });
  const [{ hash }] = await app
    .get(DataSource)
    .query(`SELECT hash FROM oauth2_client_secret WHERE client_id = 'chosen'`);
  const allowed = [
    await onboarding.isAllowed(id, secret),
    await onboarding.isAllowed('chosen', 'correct horse'),
    await onboarding.isAllowed('chosen', 'correct mule'),
  ];
  const { TokenEndpoint } = await load('embedding/token-endpoint');
  const endpoint = new TokenEndpoint(app.get(ClientAuthenticator, { strict: false }));
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const authenticated = await endpoint.clientOf(basic, 'grant_type=client_credentials', '192.0.2.1');
  const stranger = await endpoint.clientOf(undefined, `client_id=${id}`, '192.0.2.1').catch(({ code }) => code);
  return {
    authenticated: [authenticated.clientId === id, authenticated.credential.type, stranger],
    enrolled: [owner, ...allowed],
    faults: faults.map(({ pointer }) => pointer),
    owned: owned.toSorted((one, other) => other.length - one.length),
    stored: hash.slice(0, 8),
  };
}

async function transactions(app) {
  const { Partners } = await load('embedding/partners.service');
  const { AuditLog } = await load('embedding/audit.module');
  const { PartnerListener } = await load('embedding/partner.listener');
  const partners = app.get(Partners);
  const audit = app.get(AuditLog, { strict: false });
  const before = audit.lines.length;
  const joined = await partners.join('acme');
  const refused = await partners.join('acme').then(String, ({ message }) => message);
  const dataSource = app.get(DataSource);
  const countOf = async (sql) => (await dataSource.query(`SELECT count(*) AS n FROM ${sql}`))[0].n;
  const rows = [await countOf('partner'), await countOf(`oauth2_client WHERE name = 'acme'`)];
  const clients = app.get(ClientsService, { strict: false });
  await clients.remove(joined);
  const after = await clients.get(joined).catch((error) => error instanceof OAuthError && error.code);
  const told = audit.lines.slice(before);
  return {
    partners: rows,
    joined,
    refused,
    after,
    gone: app.get(PartnerListener).gone,
    told: told.filter((line) => line.includes(joined)).map((line) => line.replace(` ${joined}`, '')),
  };
}

async function wholeShop() {
  const app = await startMain('embedding/main.prefixed');
  const guard = await guardOf(app);
  const created = await call(app, '/api/admin/clients', { body: '{}', authorization: 'Bearer operator' });
  const prefix = created.headers.get('location').replace(/\/[^/]*$/, '');
  const result = { prefix, ...(await inProcess(app)), ...(await transactions(app)) };
  await app.close();
  return { guard, shop: result };
}

process.env.PUBLIC_URL = 'https://auth.example.com';
const { byFactory, byClass, byExisting } = await load('embedding/registry.options');
await (await load('embedding/enrolment.check')).check();
const seen = {
  quickstart: await quickstart('embedding/main'),
  readme: await quickstart('readme/main'),
  fastify: await onServer('embedding/main.fastify'),
  express: await onServer('embedding/main.express'),
  asyncOptions: {
    byFactory: await optionsOf(byFactory),
    byClass: await optionsOf(byClass),
    byExisting: await optionsOf(byExisting),
  },
  undone: await undone(),
  told: await listedBeside((await load('embedding/told.module')).ToldModule, '/admin/webhooks'),
  registering: await listedBeside(
    (await load('embedding/self-service.module')).SelfServiceModule,
    '/oauth2/registration-policies',
  ),
  inviting: await listedBeside(
    (await load('embedding/invitations.module')).InvitationsModule,
    '/admin/registration-tokens',
  ),
  ending: await listedBeside((await load('embedding/ending.module')).EndingModule, '/admin/expiring'),
  registries: await registries(),
  ...(await wholeShop()),
};
console.log(JSON.stringify(seen));
