import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:http2';
import { text as textOf } from 'node:stream/consumers';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  Post,
  UnauthorizedException,
  VersioningType,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import { HttpAdapterHost, RouterModule } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import type { FastifyInstance } from 'fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { ClientsModule, ClientsService, readRegistryBodiesRaw } from '../src/index.js';
import { EnvelopeFilter } from './support/foreign-host.js';
import { listening, PLATFORMS, startHost } from './support/host.js';
import { type Call, getClient, post, postClient, rawRequest, request } from './support/http.js';
import { replace } from './support/json-patch.js';

const memory = (more: object = {}) =>
  TypeOrmModule.forRoot({ ...dataSourceOptions('sqlite::memory:', true), retryAttempts: 0, ...more });
const registry = (options: Parameters<typeof ClientsModule.forRoot>[0] = {}) =>
  ClientsModule.forRoot({ secrets: { bcryptCost: 4 }, ...options });
const statusOf = async (url: string, call?: Call) => (await request(url, call)).status;
const AS_TEXT = { 'content-type': 'text/plain;charset=UTF-8' };

/** The users that a host knows; its guard needs them. */
@Injectable()
class Users {
  readonly roles = new Map([
    ['Bearer alice', 'operator'],
    ['Bearer bob', 'buyer'],
  ]);
}

@Module({ providers: [Users], exports: [Users] })
class UsersModule {}

@Injectable()
class OperatorsOnly implements CanActivate {
  constructor(private readonly users: Users) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    const role = this.users.roles.get(headers['authorization'] ?? '');
    if (!role) throw new UnauthorizedException('Log in first.');
    if (role !== 'operator') throw new ForbiddenException('Operators only.');
    return true;
  }
}

@Controller('clients')
class CustomersController {
  @Get()
  list(): string[] {
    return ['a customer'];
  }
}

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: object): object {
    return body;
  }
}

/** Nest keeps the path with the class of the module, for the next application of this process, too. */
function forgetModulePath(): void {
  for (const key of Reflect.getMetadataKeys(ClientsModule) as string[])
    if (key.startsWith('__module_path__')) Reflect.deleteMetadata(key, ClientsModule);
}

describe.each(PLATFORMS)('a host on $platform', ({ platform }) => {
  describe('whose guard stands before the admin routes', () => {
    const guarded = () => [memory(), registry({ guards: [OperatorsOnly], imports: [UsersModule] })];
    const headers = (name: string) => ({ authorization: `Bearer ${name}` });

    it.each<[string, (app: INestApplication) => void, object, object]>([
      [
        'Nest’s own',
        () => undefined,
        { statusCode: 401, message: 'Log in first.', error: 'Unauthorized' },
        { statusCode: 403, message: 'Operators only.', error: 'Forbidden' },
      ],
      [
        'its own envelope',
        (app) => app.useGlobalFilters(new EnvelopeFilter(app.get(HttpAdapterHost))),
        { failed: 401 },
        { failed: 403 },
      ],
    ])('refuses in %s, and what it lets through is answered as ever', async (_, configure, nobody, buyer) => {
      await using host = await startHost(platform, { imports: guarded() }, configure);
      const clients = `${host.url}/admin/clients`;
      for (const [url, method] of [
        [clients, 'POST'],
        [clients, 'GET'],
        [clients, 'DELETE'],
        [`${clients}/x`, 'GET'],
        [`${clients}/x/secrets/rotate`, 'POST'],
        [`${host.url}/clients`, 'GET'],
        [`${host.url}/clients/x/secrets`, 'GET'],
      ] as const) {
        const { status, body } = await rawRequest(url, { method });
        expect([url, status, body]).toEqual([url, 401, nobody]);
      }
      const refused = await post(clients, '{}', headers('bob'));
      expect([refused.status, refused.body]).toEqual([403, buyer]);
      expect((await post(clients, '{"client_id":"mine"}', headers('alice'))).status).toBe(201);
      const wrong = await post(clients, '{"client_name":5}', headers('alice'));
      expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_client_metadata']);
      expect(await statusOf(`${clients}/nobody`, { headers: headers('alice') })).toBe(404);
    });
  });

  it('may number its versions: the registry has none', async () => {
    await using host = await startHost(
      platform,
      { imports: [memory(), registry()], controllers: [CustomersController] },
      (app) => {
        app
          .setGlobalPrefix('api', { exclude: ['status'] })
          .enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
        readRegistryBodiesRaw(app);
      },
    );
    const { status, headers, text } = await post(`${host.url}/api/admin/clients`, '{"metadata":{"n":1.0}}', AS_TEXT);
    expect([status, text.includes('"metadata":{"n":1.0}')]).toEqual([201, true]);
    expect(headers['location']).toMatch(/^\/api\/admin\/clients\//);
    expect(await statusOf(`${host.url}/api/v1/clients`)).toBe(200);
    expect(await statusOf(`${host.url}/api/v1/admin/clients`)).toBe(404);
  });

  it('may put the module under a path by RouterModule, and its bodies are read raw there', async () => {
    await using host = await startHost(
      platform,
      {
        imports: [memory(), registry(), RouterModule.register([{ path: 'iam', module: ClientsModule }])],
      },
      (app) => readRegistryBodiesRaw(app.setGlobalPrefix('api')),
    );
    const { status, text } = await post(`${host.url}/api/iam/clients`, '{"metadata":12345678901234567890}', AS_TEXT);
    expect([status, text.includes('"metadata":12345678901234567890')]).toEqual([201, true]);
    await host.close();
    forgetModulePath();
  });

  it.each<[string, ModuleMetadata['imports'], (app: INestApplication) => INestApplication]>([
    ['its prefix', [], (app) => app.setGlobalPrefix('t/:tenant')],
    ['RouterModule', [RouterModule.register([{ path: 't/:tenant', module: ClientsModule }])], (app) => app],
  ])('may put the registry under a path parameter by %s, and its bodies are read raw there', async (_, routes, put) => {
    await using host = await startHost(
      platform,
      { imports: [memory(), registry(), ...(routes ?? [])], controllers: [EchoController] },
      // In this order, since neither the prefix nor a route of the host's own is known to the first call.
      (app) => {
        readRegistryBodiesRaw(app);
        put(app);
      },
    );
    for (const type of [AS_TEXT, undefined]) {
      const { status, text, headers } = await post(`${host.url}/t/a%2Fb/admin/clients`, '{"metadata":1.0}', type);
      expect([status, text.includes('"metadata":1.0')]).toEqual([201, true]);
      expect(headers['location']).toMatch(/^\/t\/a%2Fb\/admin\/clients\//);
    }
    const broken = await post(`${host.url}/t/acme/clients`, '{', AS_TEXT);
    expect([broken.status, broken.body['error']]).toEqual([400, 'invalid_request']);
    const prefix = routes?.length ? '' : '/t/acme';
    expect((await post(`${host.url}${prefix}/echo`, '{"n":1.0}')).body).toEqual({ n: 1 });
    await host.close();
    forgetModulePath();
  });

  it('does not start under a prefix with a wildcard that has no name: neither server has one', async () => {
    const starting = startHost(platform, { imports: [memory(), registry()] }, (app) => {
      readRegistryBodiesRaw(app);
      app.setGlobalPrefix('api/*');
    });
    await expect(starting).rejects.toThrow(/Missing parameter name|Wildcard must be the last/);
  });

  it('keeps a route /clients of its own when the short path is left out', async () => {
    await using host = await startHost(
      platform,
      { imports: [memory(), registry({ shortPath: false })], controllers: [CustomersController] },
      readRegistryBodiesRaw,
    );
    expect((await request(`${host.url}/clients`)).body).toEqual(['a customer']);
    expect((await postClient(host.url, {})).status).toBe(201);
    expect(await statusOf(`${host.url}/clients/x`)).toBe(404);
  });

  it('has two registries on two DataSources that do not mix', async () => {
    const named = (name: string, routePrefix: string) => {
      @Module({
        imports: [registry({ dataSource: name, routePrefix, secrets: { prefix: `${name}_`, bcryptCost: 4 } })],
      })
      class RegistryModule {
        constructor(readonly clients: ClientsService) {}
      }
      return { RegistryModule, name };
    };
    const [live, sandbox] = [named('live', ''), named('sandbox', '/sandbox/')];
    await using host = await startHost(
      platform,
      { imports: [memory({ name: 'live' }), memory({ name: 'sandbox' }), live.RegistryModule, sandbox.RegistryModule] },
      readRegistryBodiesRaw,
    );
    const places = [host.url, `${host.url}/sandbox`];
    const created = await Promise.all(
      places.map((url, at) => postClient(url, { client_id: 'same', client_name: `name ${at}` })),
    );
    expect(created.map(({ status, headers }) => [status, headers['location']])).toEqual([
      [201, '/admin/clients/same'],
      [201, '/sandbox/admin/clients/same'],
    ]);
    expect(created.map(({ body }) => String(body['client_secret']).split('_')[0])).toEqual(['live', 'sandbox']);
    expect(
      (await Promise.all(places.map((url) => getClient(url, 'same')))).map(({ body }) => body['client_name']),
    ).toEqual(['name 0', 'name 1']);
    expect(await statusOf(`${places[1]}/admin/clients/same`, { method: 'DELETE' })).toBe(204);
    expect((await Promise.all(places.map((url) => getClient(url, 'same')))).map(({ status }) => status)).toEqual([
      200, 404,
    ]);
    const { paths } = SwaggerModule.createDocument(host.app, new DocumentBuilder().build());
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId?: string }>).map(({ operationId }) => operationId),
    );
    expect(ids).toContain('createOAuth2Client');
    expect(ids).toContain('sandbox_createOAuth2Client');
    expect(new Set(ids).size).toBe(ids.length);
    await host.app.get(sandbox.RegistryModule).clients.create({ client_id: 'inside' });
    expect((await Promise.all(places.map((url) => getClient(url, 'inside')))).map(({ status }) => status)).toEqual([
      404, 200,
    ]);
  });

  it('cannot put two registries under one path', async () => {
    const imports = [
      memory(),
      memory({ name: 'other' }),
      registry({ routePrefix: 'same' }),
      registry({ routePrefix: '/same/', dataSource: 'other' }),
    ];
    await expect(startHost(platform, { imports })).rejects.toThrow(
      'Two ClientsModules are mounted under /same/admin/clients: give one of them another routePrefix, or controllers: false.',
    );
    await using host = await startHost(platform, {
      imports: [memory(), memory({ name: 'other' }), registry(), registry({ dataSource: 'other', controllers: false })],
    });
    expect((await postClient(host.url, {})).status).toBe(201);
  });

  it.each([
    ['P', 'p', 'p/admin/clients'],
    ['', 'admin', 'admin/clients'],
  ])('cannot hide one registry under %j behind another under %j', async (first, second, path) => {
    const imports = [
      memory(),
      memory({ name: 'other' }),
      registry({ routePrefix: first }),
      registry({ routePrefix: second, dataSource: 'other' }),
    ];
    await expect(startHost(platform, { imports })).rejects.toThrow(`mounted under /${path}:`);
  });

  it('reads bodies raw however their path is spelled, and says so when it is asked too late', async () => {
    await using host = await startHost(platform, { imports: [memory(), registry()] }, readRegistryBodiesRaw);
    const headers = { 'content-type': 'application/json' };
    const body = '{"metadata":12345678901234567890}';
    const spelled = (path: string) => rawRequest(host.url, { method: 'POST', path, headers, body });
    // Express routes by the path as it is spelled, Fastify without its escapes.
    const escaped = platform === 'Fastify' ? ['/admin/client%73'] : [];
    for (const path of [`${host.url}/admin/clients`, '/admin/clients?x=%', ...escaped])
      expect((await spelled(path)).text).toContain('"metadata":12345678901234567890');
    expect(() => readRegistryBodiesRaw(host.app)).toThrow('before the application listens');
  });

  it('that parses bodies before the registry loses digits, and answers what its parser refuses', async () => {
    await using host = await startHost(platform, { imports: [memory(), registry()] }, (app) =>
      app.useGlobalFilters(new EnvelopeFilter(app.get(HttpAdapterHost))),
    );
    const url = `${host.url}/admin/clients`;
    const created = await post(url, '{"client_name":"x","metadata":{"n":12345678901234567890,"d":1.0}}');
    expect([created.status, created.body['metadata']]).toEqual([201, { n: 12345678901234567000, d: 1 }]);
    const patched = await request(`${url}/${String(created.body['client_id'])}`, {
      method: 'PATCH',
      body: [replace('/client_name', 'y')],
    });
    expect([patched.status, patched.body['client_name']]).toEqual([200, 'y']);
    const asForm = await post(url, '{"client_name":"x"}', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([asForm.status, asForm.body['error']]).toEqual([400, 'invalid_request']);
    const rejected = await post(url, '{"client_name":');
    expect([rejected.status, rejected.body]).toEqual([418, { failed: 418 }]);
    const wrong = await post(url, '{"client_name":5}');
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_client_metadata']);
  });

  it('that ends by its shutdown hooks lets go of the database', async () => {
    await using host = await startHost(platform, { imports: [memory(), registry()] }, (app) =>
      app.enableShutdownHooks(),
    );
    const { length } = process.listeners('SIGTERM');
    await host.close();
    expect(process.listeners('SIGTERM').length).toBeLessThan(length);
    await expect(request(host.url)).rejects.toThrow();
  });
});

it('a host on Fastify with a JSON parser of its own keeps it, and the registry sees its bodies as they were sent', async () => {
  const parse = (_: unknown, __: unknown, done: (error: null, body: object) => void) =>
    done(null, { client_name: 'of the parser' });
  await using host = await startHost(
    'Fastify',
    { imports: [memory(), registry({ routePrefix: 'raw' })], controllers: [EchoController] },
    (app) => {
      const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
      fastify.addContentTypeParser('application/json', { parseAs: 'string' }, parse);
      readRegistryBodiesRaw(app);
    },
    { bodyParser: false },
  );
  expect((await post(`${host.url}/raw/admin/clients`, '{"client_name":"as sent"}')).body['client_name']).toBe(
    'as sent',
  );
  expect((await post(`${host.url}/echo`, '{"client_name":"as sent"}')).body['client_name']).toBe('of the parser');
  const raw = { 'content-type': 'application/x-oauth2-client-registry-raw' };
  expect((await post(`${host.url}/echo`, '{}', raw)).status).toBe(415);
});

it('a host on HTTP/2 has bodies without a length', async () => {
  const module = await Test.createTestingModule({ imports: [memory(), registry()] }).compile();
  const app = module.createNestApplication(new FastifyAdapter({ http2: true }), { logger: false });
  readRegistryBodiesRaw(app);
  await using host = await listening(app);
  const session = connect(host.url);
  const stream = session.request({ ':method': 'POST', ':path': '/admin/clients' });
  stream.end('{"client_name":"streamed"}');
  expect(await textOf(stream)).toContain('"client_name":"streamed"');
  session.close();
});
