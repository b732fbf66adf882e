import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ClientsModule, ClientsService, SecretsService, type ClientIdGenerator } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startStandalone } from './support/app.js';
import { closing } from './support/closing.js';
import { POSTGRES } from './support/databases.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { useService } from './support/use.js';

const COUNT = 60;
const numbers = Array.from({ length: COUNT }, (_, at) => at);

describe('creates that arrive together, on PostgreSQL,', () => {
  const service = useService(startStandalone, POSTGRES.open);
  const statements = async () =>
    valueOf(await metricsOf(service.url), 'oauth2_registry_database_statement_duration_seconds_count', {
      statement: 'insert_0',
    });
  const count = async (table: string, id: string) => {
    const text = `SELECT count(*)::int AS rows FROM ${table} WHERE client_id = $1`;
    return (await service.dataSource.query<[{ rows: number }]>(text, [id]))[0].rows;
  };

  it('share statements, and each makes the client of its caller, with its own secret, terms and change', async () => {
    const clients = service.get(ClientsService);
    const secrets = service.get(SecretsService);
    await clients.create({});
    const before = await statements();
    const made = await Promise.all(
      numbers.map((at) => clients.create({ client_name: `Tool ${at}`, owner: `team-${at}`, scope: `one-${at} all` })),
    );
    expect((await statements()) - before).toBeLessThan(COUNT / 2);
    for (const [at, { client }] of made.entries()) {
      const { client_id: id, client_secret: secret = '' } = client;
      const shown = (await clients.get(id)).client;
      expect(shown).toMatchObject({ client_name: `Tool ${at}`, owner: `team-${at}`, scope: `one-${at} all` });
      expect(await secrets.verify(id, secret)).toBe(true);
      expect(await secrets.verify(id, made[(at + 1) % COUNT]?.client.client_secret ?? '')).toBe(false);
      expect(await count('oauth2_client_change', id)).toBe(1);
      const found = JSON.parse((await clients.list({ scope: `one-${at}` })).json) as { client_id: string }[];
      expect(found.map(({ client_id }) => client_id)).toEqual([id]);
    }
  });

  it('fail alone: what is wrong with one fails no other', async () => {
    const { dataSource } = service;
    await dataSource.query(`ALTER TABLE oauth2_client ADD CONSTRAINT no_wrong CHECK (name <> 'Wrong')`);
    const clients = service.get(ClientsService);
    const made = await Promise.allSettled(
      numbers.map((at) => clients.create({ client_name: at % 20 === 7 ? 'Wrong' : 'Right' })),
    );
    await dataSource.query('ALTER TABLE oauth2_client DROP CONSTRAINT no_wrong');
    expect(made.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([7, 27, 47]);
    const right = JSON.parse((await clients.list({ client_name: 'Right' })).json) as object[];
    expect(right).toHaveLength(COUNT - 3);
  });
});

describe('a generator of ids that repeats itself, on PostgreSQL,', () => {
  const IDS = Symbol('ids');
  // It has no words, and so no terms, which could not be written twice.
  @Module({
    providers: [{ provide: IDS, useValue: { generate: () => '-' } satisfies ClientIdGenerator }],
    exports: [IDS],
  })
  class IdsModule {}

  it('makes one client, and the others are told so', async () => {
    await using database = await POSTGRES.open();
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(dataSourceOptions(database.url, true)),
        ClientsModule.forRoot({ imports: [IdsModule], idGenerator: IDS }),
      ],
    }).compile();
    await using app = closing(await module.init());
    const clients = app.get(ClientsService);
    const made = await Promise.allSettled(numbers.map(() => clients.create({})));
    const created = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.client] : []));
    expect(created).toHaveLength(1);
    const refused = made.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(new Set(refused)).toEqual(new Set([expect.stringContaining('exists already')]));
    expect(await app.get(SecretsService).verify('-', created[0]?.client_secret ?? '')).toBe(true);
    const text = 'SELECT count(*)::int AS rows FROM oauth2_client_secret';
    expect(await app.get(DataSource).query(text)).toEqual([{ rows: 1 }]);
  });
});
