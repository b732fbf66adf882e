import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, Entity, EntitySchema, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import {
  clientRegistryEntities,
  clientRegistryMigrations,
  clientRegistrySchema,
  ClientsModule,
  ClientsService,
  Client as RegisteredClient,
  SecretsService,
} from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { closing } from './support/closing.js';
import { DATABASES, SQLITE, type TestDatabase } from './support/databases.js';

/** A customer of the host: the class has the name of the registry's own. */
@Entity({ name: 'customer' })
class Client {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
}

/** Leads to the customer by name, as the registry's secrets lead to their client. */
@Entity({ name: 'customer_secret' })
class ClientSecret {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @ManyToOne('Client')
  @JoinColumn({ name: 'client_id' })
  client!: Client;
}

/** The third name of the registry's entities. */
@Entity({ name: 'customer_term' })
class ClientTerm {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
}

/** The first two entities, as a host without decorators has them. */
const customer = new EntitySchema<{ id: string }>({
  name: 'Client',
  tableName: 'customer',
  columns: { id: { type: 'varchar', primary: true } },
});
const customerSecret = new EntitySchema<{ id: string; client: { id: string } }>({
  name: 'ClientSecret',
  tableName: 'customer_secret',
  columns: { id: { type: 'varchar', primary: true } },
  relations: { client: { type: 'many-to-one', target: 'Client', joinColumn: { name: 'client_id' } } },
});

/** A host's row that belongs to a client of the registry. */
@Entity({ name: 'contract' })
class Contract {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ name: 'client_id', type: 'varchar', length: 255 })
  clientId!: string;

  @ManyToOne(() => RegisteredClient, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'client_id' })
  client?: RegisteredClient;
}

const byDecorators = [Client, ClientSecret];
const bySchema = [customer, customerSecret];
const byDefault = { entities: clientRegistryEntities, migrations: clientRegistryMigrations };
const HOSTS = [
  { host: 'classes before the registry', own: byDecorators, registry: byDefault, isFirst: true },
  { host: 'classes after the registry', own: byDecorators, registry: byDefault, isFirst: false },
  { host: 'schemas before the registry', own: bySchema, registry: clientRegistrySchema({}), isFirst: true },
  { host: 'schemas after the registry', own: bySchema, registry: clientRegistrySchema({}), isFirst: false },
];

/** An application that lets TypeORM make its tables, and the registry's migrations run. */
async function start({ url }: TestDatabase, options: object) {
  const connection = { ...dataSourceOptions(url, true), synchronize: true, retryAttempts: 0, ...options };
  const module = await Test.createTestingModule({
    imports: [TypeOrmModule.forRoot(connection), ClientsModule.forRoot({ controllers: false })],
  }).compile();
  await module.init();
  return closing({
    dataSource: module.get(DataSource),
    clients: module.get(ClientsService, { strict: false }),
    secrets: module.get(SecretsService, { strict: false }),
    close: () => module.close(),
  });
}

describe.each(DATABASES)('entities of a host beside the registry’s, on $database', ({ isPostgres, open }) => {
  /** The registry's tables as the database has them: columns, keys and indexes. */
  const tables = (dataSource: DataSource) =>
    dataSource.query<object[]>(
      isPostgres
        ? `SELECT table_name || '.' || column_name AS name, data_type || coalesce(collation_name, '') || is_nullable AS made FROM information_schema.columns WHERE table_name LIKE 'oauth2_client%'
           UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'oauth2_client%'
           UNION SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'oauth2_client%' ORDER BY 1, 2`
        : `SELECT name, sql AS made FROM sqlite_master WHERE tbl_name LIKE 'oauth2_client%' ORDER BY 1, 2`,
    );

  it.each(HOSTS)('may have the same names, as $host', async ({ own, registry, isFirst }) => {
    await using database = await open();
    const entities = isFirst ? [...own, ...registry.entities] : [...registry.entities, ...own];
    await using host = await start(database, { ...registry, entities });
    const { dataSource, clients, secrets } = host;
    await dataSource.getRepository<{ id: string }>('Client').insert({ id: 'x' });
    await dataSource
      .getRepository<{ id: string; client: object }>('ClientSecret')
      .insert({ id: 's', client: { id: 'x' } });
    const found = await dataSource.getRepository('ClientSecret').find({ relations: { client: true } });
    expect(found).toEqual([{ id: 's', client: { id: 'x' } }]);
    const { id, client } = await clients.create({ client_id: 'y' });
    expect(await secrets.verify(id, client.client_secret ?? '')).toBe(true);
    await clients.remove(id);
    expect(await dataSource.query('SELECT id FROM oauth2_client_secret')).toEqual([]);
    expect(await dataSource.query('SELECT id FROM customer')).toEqual([{ id: 'x' }]);
  });

  it('are made by synchronize, which leaves the registry’s tables as the migrations made them', async () => {
    await using database = await open();
    const migrated = await new DataSource(dataSourceOptions(database.url, true)).initialize();
    const made = await tables(migrated);
    await migrated.destroy();
    expect(made.length).toBeGreaterThan(10);
    // The second start finds tables of the first.
    for (const _ of [1, 2]) {
      await using host = await start(database, { entities: [...byDecorators, ...clientRegistryEntities] });
      expect(await tables(host.dataSource)).toEqual(made);
      await host.clients.create({});
    }
  });

  it('may belong to a client: their foreign key leads to the registry’s table', async () => {
    await using database = await open();
    await using host = await start(database, { entities: [Contract, ...clientRegistryEntities] });
    await host.clients.create({ client_id: 'x', client_name: 'Shop' });
    const contracts = host.dataSource.getRepository(Contract);
    await expect(contracts.insert({ id: 'lost', clientId: 'nobody' })).rejects.toThrow(/foreign key/i);
    await contracts.insert({ id: 'one', clientId: 'x' });
    const [found] = await contracts.find({ relations: { client: true } });
    expect(found?.client?.name).toBe('Shop');
    await host.clients.remove('x');
    expect(await contracts.find()).toEqual([]);
  });
});

it('an entity of a host does not stand for the registry’s, which is missing', async () => {
  await using database = await SQLITE.open();
  await expect(start(database, { entities: [Client, ClientSecret, ClientTerm], migrations: [] })).rejects.toThrow(
    'add ...clientRegistryEntities to its `entities`',
  );
});

it('the registry’s entities keep their names in a minified bundle, each that of its table', () => {
  for (const { name } of clientRegistryEntities) expect(name).toMatch(/^oauth2_client/);
});
