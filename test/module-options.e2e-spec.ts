import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { openDatabase } from '../src/database/dialects.js';
import {
  ClientAuthenticator,
  clientRegistryMigrations,
  ClientsModule,
  ClientsService,
  SecretsService,
  type ClientEvent,
  type ClientEventSink,
  type ClientIdGenerator,
  type ClientsModuleOptions,
  type SecretHasher,
} from '../src/index.js';
import { PinoLogger } from '../src/standalone/observability/pino-logger.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { basic } from './support/provider.js';
import { useDatabase } from './support/use.js';

/** TypeORM on a database, with the registry's entities and migrations unless `more` says otherwise. */
const typeOrm = (url: string, migrate = true, more: object = {}) =>
  TypeOrmModule.forRoot({ ...dataSourceOptions(url, migrate), retryAttempts: 0, ...more });
const memory = (more?: object) => typeOrm('sqlite::memory:', true, more);

/** Starts an application and stops it again; what went wrong at start is what is thrown. */
async function start<T>(imports: ModuleMetadata['imports'], use: (module: Started) => Promise<T> | T): Promise<T> {
  const module = await Test.createTestingModule({ imports }).setLogger(new PinoLogger('silent')).compile();
  try {
    await module.init();
    return await use({ get: (token) => module.get(token, { strict: false }) });
  } finally {
    await module.close().catch(() => undefined);
  }
}

interface Started {
  get: <T>(token: new (...values: never[]) => T) => T;
}

const failure = (imports: () => ModuleMetadata['imports']) =>
  start([...(imports() ?? [])], () => 'it started').catch((error: Error) => error.message);
const createOne = async ({ get }: Started, body: object = {}) =>
  JSON.parse((await get(ClientsService).create(body)).json) as Record<string, string>;

describe('an option of the module', () => {
  it.each<[string, string]>([
    ['{"secrets":{"bcryptCost":"10"}}', 'secrets.bcryptCost must be a whole number from 4 to 31'],
    ['{"secrets":{"bcryptCost":3}}', 'secrets.bcryptCost must be a whole number from 4 to 31'],
    ['{"secrets":{"olderSecrets":-1}}', 'secrets.olderSecrets must be a whole number from 0 to 100'],
    ['{"secrets":{"entropy":127}}', 'secrets.entropy must be a whole number of bits from 128 to 1024'],
    [
      '{"secrets":{"prefix":"oart_"}}',
      'secrets.prefix must be 1 to 16 letters, digits or _, and not oart_ or oaak_ or oait_',
    ],
    [
      '{"secrets":{"prefix":"a b"}}',
      'secrets.prefix must be 1 to 16 letters, digits or _, and not oart_ or oaak_ or oait_',
    ],
    ['{"secrets":{"cost":10}}', 'unknown option secrets.cost'],
    ['{"secrets":5}', 'secrets must be an object'],
    ['{"secrets":null}', 'secrets must be an object'],
    ['{"publicUrl":"https://auth.example.com/"}', 'publicUrl must be an http or https URL without a trailing slash'],
    ['{"publicUrl":5}', 'publicUrl must be an http or https URL without a trailing slash'],
    ['{"outbound":{"allowedHosts":"a.example"}}', 'outbound.allowedHosts must be a list of hosts'],
    ['{"outbound":{"allowedHosts":["https://a"]}}', 'outbound.allowedHosts must be a list of hosts'],
    ['{"outbound":{"timeout":0}}', 'outbound.timeout must be a whole number of milliseconds from 1 to 60000'],
    ['{"outbound":{"lookup":"x"}}', 'outbound.lookup must be a function'],
    ['{"outbound":{"certificateAuthorities":"x"}}', 'outbound.certificateAuthorities must contain PEM certificates'],
    ['{"lifespans":{"accessToken":"999ms"}}', 'lifespans.accessToken must be 1s or more'],
    ['{"lifespans":{"refreshToken":3600}}', 'lifespans.refreshToken must be 1s or more'],
    ['{"controllers":"no"}', 'controllers must be true or false'],
    ['{"shortPath":1}', 'shortPath must be true or false'],
    ['{"routePrefix":5}', 'routePrefix must be a path'],
    ['{"routePrefix":"a b"}', 'routePrefix must be a path'],
    ['{"routePrefix":"a/../b"}', 'routePrefix must be a path'],
    ['{"guards":"x"}', 'guards must be a list of guards'],
    ['{"dataSource":5}', 'dataSource must be the name of a DataSource'],
    ['{"imports":{}}', 'imports must be a list of modules'],
    ['{"guard":[]}', 'unknown option guard'],
  ])('that is wrong stops the start, as %s does, with a sentence that names it', async (text, sentence) => {
    const options = JSON.parse(text) as ClientsModuleOptions;
    const message = await Promise.resolve()
      .then(() => failure(() => [memory(), ClientsModule.forRoot(options)]))
      .catch((error: Error) => error.message);
    expect(message).toContain(`Options of ClientsModule: ${sentence}`);
  });

  it('is named with all others that are wrong', async () => {
    const options = { publicUrl: 'x', secrets: { bcryptCost: 1, prefix: '' } };
    const message = await failure(() => [memory(), ClientsModule.forRoot(options)]);
    for (const name of ['publicUrl', 'secrets.bcryptCost', 'secrets.prefix']) expect(message).toContain(`${name} must`);
  });

  it('may come from a factory, a class or another provider, and is checked then, too', async () => {
    @Injectable()
    class Factory {
      createClientsOptions(): ClientsModuleOptions {
        return { publicUrl: 'https://factory.example' };
      }
    }
    @Module({ providers: [Factory], exports: [Factory] })
    class FactoryModule {}
    const ways: DynamicModule[] = [
      ClientsModule.forRootAsync({ useFactory: async () => ({ publicUrl: 'https://factory.example' }) }),
      ClientsModule.forRootAsync({ useClass: Factory }),
      ClientsModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory }),
      ClientsModule.forRootAsync({
        imports: [FactoryModule],
        inject: [Factory],
        useFactory: (factory: Factory) => factory.createClientsOptions(),
      }),
    ];
    for (const way of ways)
      expect((await start([memory(), way], createOne))['registration_client_uri']).toMatch(
        /^https:\/\/factory\.example\/oauth2\/register\//,
      );
    const wrong = ClientsModule.forRootAsync({ useFactory: () => ({ secrets: { bcryptCost: 99 } }) });
    expect(await failure(() => [memory(), wrong])).toContain('secrets.bcryptCost must be');
  });

  it('may be left out altogether, or be an accessor of an object', async () => {
    class Options {
      get publicUrl(): string {
        return 'https://accessor.example';
      }
    }
    expect((await start([memory(), ClientsModule.forRoot()], createOne))['client_secret']).toMatch(/^oacs_/);
    const byClass = await start([memory(), ClientsModule.forRootAsync({ useFactory: () => new Options() })], createOne);
    expect(byClass['registration_client_uri']).toMatch(/^https:\/\/accessor\.example\//);
  });

  it('that is unknown is refused beside a factory, too', () => {
    const options = { useFactory: () => ({}), guard: [] };
    expect(() => ClientsModule.forRootAsync(options)).toThrow('unknown option guard beside a factory');
    const misplaced = { useFactory: () => ({}), publicUrl: 'https://auth.example.com' };
    expect(() => ClientsModule.forRootAsync(misplaced)).toThrow('unknown option publicUrl beside a factory');
  });

  it('secrets.prefix and secrets.entropy make other secrets, and leave those of before valid', async () => {
    await using database = await SQLITE.open();
    const before = await start([typeOrm(database.url), ClientsModule.forRoot({})], async (module) => {
      await createOne(module, { client_id: 'chosen', client_secret: 'acme_winter_2026' });
      return createOne(module);
    });
    const custom = ClientsModule.forRoot({ secrets: { prefix: 'acme_', entropy: 512, bcryptCost: 4 } });
    await start([typeOrm(database.url), custom], async (module) => {
      const after = await createOne(module);
      expect(after['client_secret']).toMatch(/^acme_[0-9A-Za-z]{86}[0-9A-Za-z]{6}$/);
      const secrets = module.get(SecretsService);
      for (const { client_id = '', client_secret = '' } of [before, after]) {
        expect(await secrets.verify(client_id, client_secret)).toBe(true);
        expect(await secrets.verify(client_id, `${client_secret}x`)).toBe(false);
      }
      await expect(createOne(module, { client_secret: 'acme_mine' })).rejects.toThrow('must not begin with acme_');
      expect(await secrets.verify('chosen', 'acme_winter_2026')).toBe(true);
    });
  });
});

describe('what the module needs of its host', () => {
  it('is a DataSource, by name', async () => {
    expect(await failure(() => [ClientsModule.forRoot({})])).toBe(
      'ClientsModule found no DataSource: import TypeOrmModule.forRoot({ … }) into the application.',
    );
    expect(await failure(() => [memory(), ClientsModule.forRoot({ dataSource: 'oauth' })])).toBe(
      "ClientsModule found no DataSource named oauth: import TypeOrmModule.forRoot({ name: 'oauth', … }) into the application.",
    );
  });

  it('is a type of database that it knows', async () => {
    const dataSource = await new DataSource(dataSourceOptions('sqlite::memory:', true)).initialize();
    Object.assign(dataSource.options, { type: 'sap' });
    try {
      expect(() => openDatabase(dataSource)).toThrow(
        'runs on a DataSource of type postgres or better-sqlite3, not sap',
      );
    } finally {
      await dataSource.destroy();
    }
  });

  it('is that the DataSource has the entities', async () => {
    expect(await failure(() => [memory({ entities: [], migrations: [] }), ClientsModule.forRoot({})])).toContain(
      'add ...clientRegistryEntities to its `entities`',
    );
  });

  describe.each(DATABASES)('on $database', ({ open }) => {
    const database = useDatabase(open);

    it('is that the migrations have run, all of them', async () => {
      const fail = () => failure(() => [typeOrm(database.url, false), ClientsModule.forRoot({})]);
      expect(await fail()).toMatch(
        /table "oauth2_client" is missing or out of date: run oauth2-client-registry migrate/,
      );
      const old = await new DataSource(dataSourceOptions(database.url, true)).initialize();
      // All but the first, which creates the tables of clients.
      for (const _ of clientRegistryMigrations.slice(1)) await old.undoLastMigration();
      await old.destroy();
      expect(await fail()).toMatch(/table "oauth2_client" is missing or out of date: .* dataSource\.runMigrations\(\)/);
    });
  });
});

describe('a part that the host brings by token', () => {
  const TOKENS = { hasher: Symbol('hasher'), ids: Symbol('ids'), sink: Symbol('sink') };
  const reversed: SecretHasher = {
    hash: (secret) => Promise.resolve(`$reversed$${[...secret].toReversed().join('')}`),
    matches: (secret, stored) => Promise.resolve(stored === `$reversed$${[...secret].toReversed().join('')}`),
  };
  const withParts = (parts: { hasher?: SecretHasher; ids?: ClientIdGenerator; sink?: ClientEventSink }) => {
    @Module({
      providers: [
        { provide: TOKENS.hasher, useValue: parts.hasher },
        { provide: TOKENS.ids, useValue: parts.ids },
        { provide: TOKENS.sink, useValue: parts.sink },
      ],
      exports: Object.values(TOKENS),
    })
    class PartsModule {}
    return ClientsModule.forRoot({
      imports: [PartsModule],
      secrets: { bcryptCost: 4 },
      ...(parts.hasher && { secretHasher: TOKENS.hasher }),
      ...(parts.ids && { idGenerator: TOKENS.ids }),
      ...(parts.sink && { eventSink: TOKENS.sink }),
    });
  };

  it('stores and compares chosen secrets, beside those that bcrypt has stored before', async () => {
    await using database = await SQLITE.open();
    const chosen = (id: string) => ({ client_id: id, client_secret: `secret of ${id}` });
    await start([typeOrm(database.url), withParts({})], (module) => createOne(module, chosen('old')));
    await start([typeOrm(database.url), withParts({ hasher: reversed })], async (module) => {
      await createOne(module, chosen('new'));
      const secrets = module.get(SecretsService);
      const authenticator = module.get(ClientAuthenticator);
      for (const id of ['old', 'new']) {
        expect(await secrets.verify(id, `secret of ${id}`)).toBe(true);
        expect(await secrets.verify(id, `secret of ${id} `)).toBe(false);
        const authenticated = await authenticator.authenticate({ authorization: basic(id, `secret of ${id}`) });
        expect(authenticated.clientId).toBe(id);
      }
      const stored = await module.get(DataSource).query<{ hash: string }[]>('SELECT hash FROM oauth2_client_secret');
      expect(stored.map(({ hash }) => hash.slice(0, 4)).toSorted()).toEqual(['$2b$', '$rev']);
      const generated = await createOne(module);
      expect(await secrets.verify(generated['client_id'] ?? '', generated['client_secret'] ?? '')).toBe(true);
    });
  });

  it('is tried at start', async () => {
    const failing: SecretHasher = { ...reversed, hash: () => Promise.reject(new Error('no pepper')) };
    const long: SecretHasher = { ...reversed, hash: () => Promise.resolve('x'.repeat(129)) };
    const lines: SecretHasher = { ...reversed, hash: () => Promise.resolve('two\nlines') };
    for (const [hasher, sentence] of [
      [failing, 'no pepper'],
      [long, 'The secretHasher must return a line of at most 128 characters'],
      [lines, 'The secretHasher must return a line of at most 128 characters'],
    ] as const)
      expect(await failure(() => [memory(), withParts({ hasher })])).toContain(sentence);
  });

  it('makes client_ids, and none that no client can have', async () => {
    let made = 0;
    const ids: ClientIdGenerator = { generate: () => (made++ === 0 ? 'acme-1' : 'x'.repeat(256)) };
    await start([memory(), withParts({ ids })], async (module) => {
      expect((await createOne(module))['client_id']).toBe('acme-1');
      expect((await createOne(module, { client_id: 'mine' }))['client_id']).toBe('mine');
      await expect(createOne(module)).rejects.toThrow(
        'The client_id that the idGenerator returned must not be longer than',
      );
    });
  });

  it('takes the events, and disturbs nobody when it fails', async () => {
    const told: ClientEvent[] = [];
    const sink: ClientEventSink = {
      publish: (event) => {
        told.push(event);
        if (told.length === 1) throw new Error('full');
        return Promise.reject(new Error('full'));
      },
    };
    await start([memory(), withParts({ sink })], async (module) => {
      const { client_id: id = '' } = await createOne(module, { client_id: 'told' });
      await module.get(ClientsService).setLifespans(id, { implicit_grant_id_token_lifespan: '1h' });
      await module.get(ClientsService).setLifespans(id, { implicit_grant_id_token_lifespan: '1h' });
    });
    expect(told.map(({ type, version }) => `${type} ${version}`)).toEqual(['client.created 1', 'client.updated 2']);
  });
});
