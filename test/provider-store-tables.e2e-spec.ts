import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { clientRegistryEntities, clientRegistryMigrations, clientRegistrySchema } from '../src/index.js';
import { openDatabase } from '../src/database/dialects.js';
import { ProviderArtifacts } from '../src/oidc-provider/store/provider-artifacts.js';
import {
  providerStoreEntities,
  providerStoreMigrations,
  providerStoreSchema,
} from '../src/oidc-provider/store/provider-store.schema.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { inMemoryDataSource } from '../src/testing.js';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { startStore, storeDataSource } from './support/provider-store.js';
import { schemaDifferences } from './support/schema-differences.js';

const names = { tablePrefix: 'live_' };
const named = [clientRegistrySchema(names), providerStoreSchema(names)];
const timeOf = ({ name }: { name: string }) => Number(name.slice(-13));
/** Migrations of the registry that run after those of the provider, and are undone before them. */
const LATER = clientRegistryMigrations.filter((one) =>
  providerStoreMigrations.every((own) => timeOf(one) > timeOf(own)),
);

describe.each(DATABASES)('the table of what a provider keeps, on $database,', ({ isPostgres, open }) => {
  it('is what its entity says, and goes with its migration', async () => {
    await using database = await open();
    const dataSource = await new DataSource(storeDataSource(database.url)).initialize();
    expect(await schemaDifferences(dataSource, [...clientRegistryEntities, ...providerStoreEntities])).toEqual([]);
    for (const _ of LATER) await dataSource.undoLastMigration();
    await dataSource.undoLastMigration();
    const tables = isPostgres ? 'pg_tables WHERE tablename' : 'sqlite_master WHERE tbl_name';
    expect(await dataSource.query(`SELECT 1 FROM ${tables} LIKE '%oidc_provider%'`)).toEqual([]);
    await dataSource.destroy();
  });

  it('is no part of the registry, whose service runs beside it', async () => {
    await using database = await open();
    const dataSource = await new DataSource(storeDataSource(database.url)).initialize();
    await dataSource.destroy();
    await using service = await startStandalone({ database });
    expect(clientRegistryMigrations).not.toEqual(expect.arrayContaining(providerStoreMigrations));
    expect(service.dataSource.hasMetadata('oidc_provider_artifact')).toBe(false);
  });

  it('has the prefix of the registry’s, and on PostgreSQL its schema', async () => {
    await using database = await open();
    const inSchema = isPostgres
      ? [clientRegistrySchema({ schema: 'iam' }), providerStoreSchema({ schema: 'iam' })]
      : [];
    for (const [one, other] of [named, inSchema])
      if (one && other) {
        const entities = [...one.entities, ...other.entities];
        const migrations = [...one.migrations, ...other.migrations];
        await using host = await startStore(database, { entities, migrations });
        expect(await schemaDifferences(host.dataSource, [...clientRegistryEntities, ...providerStoreEntities])).toEqual(
          [],
        );
        await host.store.adapter('AccessToken').upsert('x', { jti: 'x' }, 60);
        expect(await host.store.adapter('AccessToken').find('x')).toEqual({ jti: 'x' });
      }
    expect(() => providerStoreSchema({ tablePrefix: 'a-b' })).toThrow('tablePrefix of providerStoreSchema must be');
  });

  it('is in the DataSource that the registry has, whatever its name', async () => {
    await using database = await open();
    await using host = await startStore(database, { name: 'sandbox' });
    await host.store.adapter('AccessToken').upsert('x', { jti: 'x' }, 60);
    expect(await host.dataSource.query('SELECT model FROM oidc_provider_artifact')).toEqual([{ model: 'AccessToken' }]);
  });

  it('that is missing stops the start, with a sentence that says what to add', async () => {
    await using database = await open();
    const migrations = clientRegistryMigrations;
    await expect(startStore(database, { migrations })).rejects.toThrow(
      'run dataSource.runMigrations() with ...providerStoreMigrations',
    );
    const dataSource = await new DataSource(dataSourceOptions(database.url, false)).initialize();
    const registry = openDatabase(dataSource);
    expect(() => new ProviderArtifacts(registry)).toThrow('add ...providerStoreEntities to its `entities`');
    await registry.onApplicationShutdown();
    await dataSource.destroy();
  });
});

it('what a provider keeps can be in memory, for the tests of a host', async () => {
  const options = inMemoryDataSource({ entities: providerStoreEntities, migrations: providerStoreMigrations });
  const { entities, migrations } = options;
  await using host = await startStore({ url: 'sqlite::memory:' }, { entities, migrations });
  const codes = host.store.adapter('AuthorizationCode');
  await codes.upsert('x', { jti: 'x' }, 60);
  await codes.consume('x');
  expect(await codes.find('x')).toMatchObject({ jti: 'x', consumed: expect.any(Number) });
});
