import { describe, expect, it } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule, RegistrationModule } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { SQLITE } from './support/databases.js';
import { startHost } from './support/host.js';
import { getClient, post } from './support/http.js';

const CHEAP = { secrets: { bcryptCost: 4 } };
const REDIRECTS = { redirect_uris: ['https://desktop.example.com/callback'] };

function database(url: string, name?: string): DynamicModule {
  return TypeOrmModule.forRoot({ ...dataSourceOptions(url, true), name, retryAttempts: 0 });
}

const memory = () => database('sqlite::memory:');

describe('RegistrationModule', () => {
  it.each([
    [
      'without a registry',
      () => [memory(), RegistrationModule.forRoot()],
      'RegistrationModule found no registry: import ClientsModule.forRoot',
    ],
    [
      'of a DataSource that no registry has',
      () => [
        memory(),
        database('sqlite::memory:', 'b'),
        ClientsModule.forRoot(CHEAP),
        RegistrationModule.forRoot({ dataSource: 'b' }),
      ],
      "RegistrationModule found no registry with dataSource: 'b'",
    ],
    [
      'beside two registries of one DataSource',
      () => [
        memory(),
        ClientsModule.forRoot(CHEAP),
        ClientsModule.forRoot({ ...CHEAP, routePrefix: 'b' }),
        RegistrationModule.forRoot(),
      ],
      'RegistrationModule found two registries',
    ],
    [
      'twice at one path',
      () => [
        memory(),
        ClientsModule.forRoot(CHEAP),
        RegistrationModule.forRoot(),
        RegistrationModule.forRoot({ tokenGrace: '1m' }),
      ],
      'Two RegistrationModules are mounted under /oauth2/register',
    ],
    [
      'with a wrong option',
      () => [memory(), ClientsModule.forRoot(CHEAP), RegistrationModule.forRoot({ tokenGrace: 'soon' })],
      'Options of RegistrationModule: tokenGrace must be 0, or a sequence of numbers with units',
    ],
  ])('lets no application start %s, and says why', async (_, imports, said) => {
    await expect(startHost('Express', { imports: imports() })).rejects.toThrow(said);
  });

  it('registers with the registry of its DataSource, where there are two', async () => {
    await using one = await SQLITE.open();
    await using two = await SQLITE.open();
    const imports = [
      database(one.url),
      database(two.url, 'b'),
      ClientsModule.forRoot(CHEAP),
      ClientsModule.forRoot({ ...CHEAP, routePrefix: 'b', dataSource: 'b' }),
      RegistrationModule.forRoot(),
      RegistrationModule.forRoot({ routePrefix: 'b', dataSource: 'b' }),
    ];
    await using host = await startHost('Fastify', { imports });
    for (const [own, other] of [
      ['', '/b'],
      ['/b', ''],
    ]) {
      const { status, body } = await post(`${host.url}${own}/oauth2/register`, REDIRECTS);
      expect(status).toBe(201);
      expect((await getClient(`${host.url}${own}`, String(body['client_id']))).status).toBe(200);
      expect((await getClient(`${host.url}${other}`, String(body['client_id']))).status).toBe(404);
    }
  });
});
