import { Module, type INestApplicationContext } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Column,
  DataSource,
  Entity,
  PrimaryColumn,
  type DataSourceOptions,
  type EntityManager,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { dataSourceOptions } from '../../src/schema/data-source-options.js';
import {
  clientRegistryEntities,
  clientRegistryMigrations,
  ClientSecretsService,
  ClientsModule,
  ClientsService,
  SecretsService,
  type ClientEvent,
} from '../../src/index.js';
import { closing } from './closing.js';
import type { TestDatabase } from './databases.js';

/** A row of the host. */
@Entity({ name: 'partner' })
export class Partner {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ name: 'client_id', type: 'varchar', length: 255 })
  clientId!: string;
}

/** The host's own history of tables. */
export class CreatePartner1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE "partner" ("name" varchar(64) PRIMARY KEY NOT NULL, "client_id" varchar(255) NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "partner"');
  }
}

/** Options of a DataSource that has the host's table and the registry's. */
export function hostDataSource(database: TestDatabase): DataSourceOptions {
  return {
    ...dataSourceOptions(database.url, true),
    entities: [Partner, ...clientRegistryEntities],
    migrations: [CreatePartner1700000000000, ...clientRegistryMigrations],
  };
}

/** An application that uses the registry in process only. */
export interface InProcess extends AsyncDisposable {
  context: INestApplicationContext;
  dataSource: DataSource;
  clients: ClientsService;
  clientSecrets: ClientSecretsService;
  secrets: SecretsService;
  /** What @nestjs/event-emitter has told so far. */
  events: ClientEvent[];
  emitter: EventEmitter2;
  /** Saves a partner of that name. */
  savePartner: (manager: EntityManager, name: string) => Promise<Partner>;
  partners: () => Promise<string[]>;
  close: () => Promise<void>;
}

/** Starts it. */
export async function startInProcess(
  database: TestDatabase,
  options: Parameters<typeof ClientsModule.forRoot>[0] = {},
): Promise<InProcess> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...hostDataSource(database), retryAttempts: 0 }),
      EventEmitterModule.forRoot({ wildcard: true }),
      ClientsModule.forRoot({ controllers: false, secrets: { bcryptCost: 4 }, ...options }),
    ],
  })
  class PartnersModule {}

  const module = await Test.createTestingModule({ imports: [PartnersModule] }).compile();
  await module.init();
  const emitter = module.get(EventEmitter2, { strict: false });
  const events: ClientEvent[] = [];
  emitter.on('client.**', (event: ClientEvent) => events.push(event));
  const dataSource = module.get(DataSource);
  return closing<Omit<InProcess, keyof AsyncDisposable>>({
    context: module,
    dataSource,
    clients: module.get(ClientsService, { strict: false }),
    clientSecrets: module.get(ClientSecretsService, { strict: false }),
    secrets: module.get(SecretsService, { strict: false }),
    events,
    emitter,
    savePartner: (manager, name) => manager.save(Partner, { name, clientId: name }),
    partners: async () =>
      (await dataSource.getRepository(Partner).find({ order: { name: 'ASC' } })).map(({ name }) => name),
    close: () => module.close(),
  });
}
