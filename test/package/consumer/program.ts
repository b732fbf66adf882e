import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import {
  clientRegistryEntities,
  ClientsModule,
  ClientsService,
  OAuthError,
  runInTransaction,
  SecretsService,
  type ClientAnswer,
  type ClientEvent,
} from 'oauth2-client-registry';
import {
  clientRegistryMigrations,
  clientRegistrySchema,
  type ClientRegistrySchema,
} from 'oauth2-client-registry/migrations';
import { DataSource } from 'typeorm';

/** The other entries: their types are checked with the program. */
export type Entries = [
  typeof import('oauth2-client-registry/express'),
  typeof import('oauth2-client-registry/testing'),
  typeof import('oauth2-client-registry/webhooks'),
  typeof import('oauth2-client-registry/oidc-provider'),
];

const sandbox: ClientRegistrySchema = clientRegistrySchema({ tablePrefix: 'sandbox_' });

class Events {
  readonly told: ClientEvent[] = [];

  publish(event: ClientEvent): void {
    this.told.push(event);
  }
}

@Module({ providers: [Events], exports: [Events] })
class EventsModule {}

/** What a host makes of the registry: its services come by their types. */
@Injectable()
class Onboarding {
  constructor(
    readonly clients: ClientsService,
    readonly secrets: SecretsService,
    readonly dataSource: DataSource,
  ) {}
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: 'clients.sqlite',
      entities: clientRegistryEntities,
      migrations: clientRegistryMigrations,
      migrationsRun: true,
    }),
    ClientsModule.forRoot({ publicUrl: 'https://auth.example.com', imports: [EventsModule], eventSink: Events }),
  ],
  providers: [Onboarding],
})
class RegistryModule {}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      ...sandbox,
      name: 'sandbox',
      type: 'better-sqlite3',
      driver: libsql,
      database: ':memory:',
      migrationsRun: true,
    }),
    ClientsModule.forRootAsync({
      dataSource: 'sandbox',
      routePrefix: 'sandbox',
      useFactory: () => ({ secrets: { prefix: 'sbox_' } }),
    }),
  ],
})
class SandboxModule {}

@Module({ imports: [RegistryModule, SandboxModule] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'], abortOnError: false });
  const { clients, secrets, dataSource } = app.get(Onboarding);
  const created: ClientAnswer = await runInTransaction(dataSource, (manager) =>
    clients.create({ client_name: 'Consumer', metadata: { at: 1 } }, { manager }),
  );
  const { client_id: id, client_secret: secret } = JSON.parse(created.json) as Record<string, string>;
  if (!id || !secret) throw new Error('The client came without its id or its secret.');
  const refused: unknown = await clients.create({ client_id: id }).catch((error: unknown) => error);
  console.log(
    JSON.stringify({
      id,
      verified: await secrets.verify(id, secret),
      wrong: await secrets.verify(id, `${secret}x`),
      conflict: refused instanceof OAuthError && refused.getStatus(),
      told: app.get(Events, { strict: false }).told.map(({ type }) => type),
    }),
  );
  await app.close();
}

void main();
