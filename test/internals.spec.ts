import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { MODULE_PATH } from '@nestjs/common/constants.js';
import { ModulesContainer, NestFactory, RouterModule } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { ApiOperation, ApiSchema, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { Histogram, Registry } from 'prom-client';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import { Client } from '../src/index.js';
import { placeOfFault } from '../src/json/lossless-json.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startBareProvider } from './support/bare-provider.js';
import { request as ask } from './support/http.js';

const root = new URL('..', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
/** The rows of the ledger in docs/architecture.md. */
const ROWS = [...text('docs/architecture.md').matchAll(/^\| `([\w/.-]+\.ts)` +\| `([\w/]+)`/gm)].map(
  ([, file = '', internal = '']) => ({ file, internal }),
);

@Controller('orders')
class OrdersController {
  @Get('open')
  @ApiOperation({ operationId: 'listOrders' })
  list(): string[] {
    return [];
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

@Module({ imports: [OrdersModule, RouterModule.register([{ path: 'shop', module: OrdersModule }])] })
class ShopModule {}

describe('what other people’s libraries keep to themselves and the registry uses', () => {
  let app: INestApplication;
  let sqlite: DataSource;
  const postgres = new DataSource({ type: 'postgres', url: `${process.env['TEST_POSTGRES_URL']}postgres` });
  beforeAll(async () => {
    app = await NestFactory.create(ShopModule, new ExpressAdapter(), { logger: false });
    app.setGlobalPrefix('api');
    sqlite = await new DataSource(dataSourceOptions('sqlite::memory:', false)).initialize();
    await postgres.initialize();
  });
  afterAll(async () => {
    await app.close();
    await sqlite.destroy();
    await postgres.destroy();
  });

  const driver = (dataSource: DataSource) => dataSource.driver as unknown as Record<string, object>;
  const handler = Reflect.get(OrdersController.prototype, 'list') as object;
  const privately = () => app as unknown as Record<string, unknown>;

  /** Each fails when the internal is gone, or means something else. */
  const probes: Record<string, () => unknown> = {
    transactionDepth: async () => {
      const depths = await sqlite.transaction((outer) =>
        outer.transaction((inner) =>
          Promise.resolve([(inner.queryRunner as unknown as { transactionDepth: number }).transactionDepth]),
        ),
      );
      expect(depths).toEqual([2]);
    },
    subscribers: async () => {
      const seen: string[] = [];
      const subscriber = { afterTransactionCommit: () => void seen.push('commit') };
      sqlite.subscribers.push(subscriber);
      await sqlite.transaction(() => Promise.resolve());
      sqlite.subscribers.splice(sqlite.subscribers.indexOf(subscriber), 1);
      expect(seen).toEqual(['commit']);
    },
    host: async () => {
      const { hostname, port } = new URL(`${process.env['TEST_POSTGRES_URL']}postgres`);
      const client = new pg.Client({ connectionString: 'postgres://registry:registry@127.0.0.1:1/postgres' });
      Object.assign(client, { host: hostname, port: Number(port) });
      await client.connect();
      await client.end();
    },
    ssl: async () => {
      const client = new pg.Client({ connectionString: `${process.env['TEST_POSTGRES_URL']}postgres` });
      for (const one of [client, (client as unknown as { connection: object }).connection])
        Object.assign(one, { ssl: { rejectUnauthorized: false } });
      await expect(client.connect()).rejects.toThrow('does not support SSL');
    },
    master: async () => {
      const pool = driver(postgres)['master'] as { query: (sql: string) => Promise<{ rows: object[] }> };
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    },
    databaseConnection: () => {
      const connection = driver(sqlite)['databaseConnection'] as { prepare: (sql: string) => { get: () => object } };
      expect(connection.prepare('SELECT 1 AS one').get()).toMatchObject({ one: 1 });
    },
    sqlite: () => expect(driver(sqlite)['databaseConnection']).toBeInstanceOf(driver(sqlite)['sqlite']),
    position: () => expect(placeOfFault('[1,\n 2 3]')).toBe('line 2, column 4'),
    getMetadataArgsStorage: () => {
      const { tables, columns, indices } = getMetadataArgsStorage();
      expect(tables.find(({ target }) => target === Client)).toMatchObject({
        name: 'oauth2_client',
        synchronize: false,
      });
      expect(columns.find(({ target, propertyName }) => target === Client && propertyName === 'id')).toBeDefined();
      expect(indices.some(({ target }) => target === Client)).toBe(true);
    },
    method: () => {
      expect(Reflect.getMetadata('method', handler)).toBe(0);
      expect(Reflect.getMetadata('path', handler)).toBe('open');
    },
    __fastify_route_config__: () => {
      const list = () => undefined;
      RouteConfig({ a: 1 })({}, 'list', { value: list });
      expect(Reflect.getMetadata('__fastify_route_config__', list)).toEqual({ a: 1 });
    },
    destroySoon: async () => {
      let isCalled = false;
      const server = createServer(({ socket }, response) => {
        const end = socket.destroySoon.bind(socket);
        socket.destroySoon = () => {
          isCalled = true;
          end();
        };
        response.setHeader('Connection', 'close').end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.close();
      expect(isCalled).toBe(true);
    },
    trackOpenConnections: () =>
      expect((new ExpressAdapter() as unknown as Record<string, unknown>)['trackOpenConnections']).toBeInstanceOf(
        Function,
      ),
    prototype: async () => {
      const express = app.getHttpAdapter().getInstance() as { request: object; response: object };
      const seen: boolean[] = [];
      app.use((request: object, response: object, next: () => void) => {
        seen.push(Object.getPrototypeOf(request) === express.request);
        seen.push(Object.getPrototypeOf(response) === express.response);
        next();
      });
      await app.listen(0, '127.0.0.1');
      await ask(`${await app.getUrl()}/api/shop/orders/open`);
      expect(seen).toEqual([true, true]);
    },
    stack: () => {
      const { router } = app.getHttpAdapter().getInstance() as {
        router: { stack: { route?: { path: string; stack: object[] } }[] };
      };
      const found = router.stack.flatMap(({ route }) => route ?? []);
      expect(found).toContainEqual(
        expect.objectContaining({ path: '/api/shop/orders/open', stack: [expect.anything()] }),
      );
    },
    isInitialized: async () => {
      const other = await NestFactory.create(ShopModule, new ExpressAdapter(), { logger: false });
      const isInitialized = () => (other as unknown as Record<string, unknown>)['isInitialized'];
      expect(isInitialized()).toBe(false);
      await other.init();
      expect(isInitialized()).toBe(true);
      await other.close();
    },
    config: () => {
      const config = privately()['config'] as { getGlobalPrefix: () => string; getGlobalPrefixOptions: () => object };
      expect(config.getGlobalPrefix()).toBe('api');
      expect(config.getGlobalPrefixOptions()).toBeInstanceOf(Object);
    },
    MODULE_PATH: () => {
      const { applicationId } = app.get(ModulesContainer);
      expect(Reflect.getMetadata(MODULE_PATH + applicationId, OrdersModule)).toBe('/shop');
    },
    'swagger/apiOperation': () =>
      expect(Reflect.getMetadata('swagger/apiOperation', handler)).toMatchObject({ operationId: 'listOrders' }),
    ApiSchema: () => {
      const given = { name: 'anything', description: 'Anything.', required: ['a'], type: undefined };
      class Anything {}
      ApiSchema(given)(Anything);
      const { components } = SwaggerModule.createDocument(app, new DocumentBuilder().build(), {
        extraModels: [Anything],
      });
      const { anything } = JSON.parse(JSON.stringify(components?.schemas)) as { anything: object };
      expect(anything).toEqual({ description: 'Anything.', required: ['a'], properties: {} });
    },
    getForPromString: async () => {
      const registry = new Registry();
      const about = { name: 'seconds', help: 'Time.' };
      const metric = new Histogram({ ...about, registers: [registry] });
      const values = [{ labels: { le: 1 }, sharedLabels: { a: 'b' }, value: 2, metricName: 'seconds_bucket' }];
      Object.assign(metric, { getForPromString: () => Promise.resolve({ ...about, type: 'histogram', values }) });
      expect(await registry.metrics()).toContain('\nseconds_bucket{le="1",a="b"} 2\n');
      expect((await metric.get()).values).toMatchObject([{ labels: { le: 1, a: 'b' }, value: 2 }]);
    },
    body: async () => {
      await using server = await startBareProvider();
      const bodies: unknown[] = [];
      Object.defineProperty(server.provider.OIDCContext.prototype, 'body', {
        get: () => bodies.at(-1),
        set: (body: unknown) => {
          bodies.push(body);
        },
      });
      await server.ask('client_id=x&client_secret=y');
      expect(bodies).toEqual([expect.objectContaining({ client_id: 'x', client_secret: 'y' })]);
    },
    clientAuthMethod: async () => {
      await using server = await startBareProvider();
      const seen: object[] = [];
      Object.defineProperties(server.provider.Client.prototype, {
        clientAuthMethod: { get: () => 'client_secret_post' },
        compareClientSecret: { value: (secret: object) => seen.push(secret) > 0 },
      });
      expect(await server.ask('client_id=own&client_secret=y&grant_type=client_credentials')).toBe(200);
      expect(seen).toEqual(['y']);
    },
    find: async () => {
      await using server = await startBareProvider();
      const ids: string[] = [];
      server.provider.Client.find = (id) => Promise.resolve(void ids.push(id));
      expect(await server.ask('client_id=x&client_secret=y')).toBe(401);
      expect(ids).toEqual(['x']);
    },
    scopes: async () => {
      await using server = await startBareProvider();
      const { AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest } = server.provider;
      for (const model of [AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest]) {
        const members = { scope: 'a b' } as never;
        expect(new model(members).scopes).toEqual(new Set(['a', 'b']));
        Object.defineProperty(model.prototype, 'scopes', { get: () => 'own' });
        expect(new model(members).scopes).toBe('own');
      }
    },
  };

  it('is all in the ledger of docs/architecture.md', () => {
    expect(ROWS.map(({ internal }) => internal)).toEqual(Object.keys(probes));
  });

  it.each(ROWS)('$internal is used where the ledger says, and is still there', async ({ file, internal }) => {
    expect(text(`src/${file}`)).toContain(internal);
    await probes[internal]?.();
  });
});
