import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { prepare } from '../../examples/prepare.mjs';
import { check } from './checks.mjs';
import { checkOnboarding, checkSandbox } from './monolith.partners.mjs';
import { checkRefusals, checkRegistry } from './monolith.registry.mjs';
import { openShop } from './shop.mjs';
import { temporaryFolder } from './workspace.mjs';

/** The shop's own API as it is where nobody has heard of a registry. */
const WITHOUT = `
  import 'reflect-metadata';
  import { Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
  import { TypeOrmModule } from '@nestjs/typeorm';
  import { OrdersModule } from './dist/orders/orders.module.js';
  import { Order } from './dist/orders/order.entity.js';
  import { setUp } from './dist/platform/set-up.js';
  import { shop } from './dist/database/data-sources.js';

  class AppModule {}
  Module({ imports: [TypeOrmModule.forRoot({ ...shop(':memory:'), entities: [Order], migrations: [] }), OrdersModule] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  setUp(app);
  await app.init();
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  process.stdout.write(JSON.stringify(document), () => process.exit(0));
`;

async function documentWithout(folder) {
  writeFileSync(join(folder, 'without.mjs'), WITHOUT);
  const { stdout } = await promisify(execFile)(process.execPath, ['without.mjs'], { cwd: folder });
  return JSON.parse(stdout);
}

/** The shop does what it did before it imported the registry. */
async function checkHost(about, { ask, output }, without) {
  const order = await ask('customer', 'POST', '/v1/orders', '{"article":"tea","quantity":2}');
  check(`${about}: the shop takes an order`, order.status === 201 && order.body.article === 'tea', order.text);
  const strange = await ask('customer', 'POST', '/v1/orders', '{"article":"tea","quantity":"2","more":1}');
  check(
    `${about}: its pipe refuses unknown members`,
    strange.text.includes('property more should not exist'),
    strange.text,
  );
  check(`${about}: in its own envelope`, strange.status === 400 && strange.body.failure?.status === 400, strange.text);
  const broken = await ask('customer', 'POST', '/v1/orders', '{"article":');
  check(`${about}: a broken body of its own, too`, broken.body?.failure?.status === 400, broken.text);
  const nothing = await ask('customer', 'GET', '/v1/nothing');
  check(`${about}: its 404 is its own`, nothing.status === 404 && nothing.body.failure?.status === 404, nothing.text);
  const large = await ask('customer', 'POST', '/v1/orders', JSON.stringify({ article: 'x'.repeat(2 ** 21) }));
  check(
    `${about}: its limit of bodies is its own`,
    large.status === 413 && large.body.failure?.status === 413,
    large.text,
  );
  const { body: document } = await ask(undefined, 'GET', '/docs.json');
  const own = Object.keys(without.paths);
  const same = own.every((path) => isDeepStrictEqual(document.paths[path], without.paths[path]));
  check(`${about}: Swagger shows its routes as without the registry`, own.length === 2 && same);
  check(
    `${about}: and its schemas`,
    isDeepStrictEqual(document.components.schemas.OrderInput, without.components.schemas.OrderInput),
  );
  const registries = Object.keys(document.paths).filter((path) => path.endsWith('/admin/clients'));
  check(
    `${about}: and both registries beside them`,
    isDeepStrictEqual(registries.toSorted(), ['/api/admin/clients', '/api/sandbox/admin/clients']),
    registries,
  );
  const lines = output().trim().split('\n');
  check(
    `${about}: all is logged by its logger`,
    lines.every((line) => line.startsWith('{"shop":')),
    lines.slice(0, 3),
  );
}

/**
 * The example, with the registry from its tarball, on both servers and both databases.
 *
 * @param tarball of the registry
 * @param databases two URLs of empty databases on a PostgreSQL server
 */
export async function checkMonolith(tarball, databases) {
  const folder = temporaryFolder('monolith');
  await prepare('monolith', folder, tarball);
  const without = await documentWithout(folder);
  const settings = ['Express', 'Fastify'].flatMap((server, index) => [
    { about: `the shop on ${server} and SQLite`, server, url: `sqlite:${server}.sqlite` },
    { about: `the shop on ${server} and PostgreSQL`, server, url: databases[index] },
  ]);
  for (const { about, server, url } of settings) {
    const shop = await openShop(folder, server === 'Fastify' ? ['--fastify'] : [], url);
    let code;
    try {
      await checkHost(about, shop, without);
      await checkRefusals(about, shop);
      await checkRegistry(about, shop);
      await checkOnboarding(about, shop);
      await checkSandbox(about, shop);
    } finally {
      code = await shop.end();
    }
    check(`${about}: SIGTERM ends it in peace`, code === 0, String(code));
  }
}
