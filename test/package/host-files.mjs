import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A module with the registry and an entity whose class has the name of one of the registry's. */
const MODULE = `
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { clientRegistryEntities, clientRegistryMigrations, ClientsModule } from 'oauth2-client-registry';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity()
export class Client {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar' })
  company!: string;
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? ':memory:',
      entities: process.env.OWN_LAST ? [...clientRegistryEntities, Client] : [Client, ...clientRegistryEntities],
      migrations: clientRegistryMigrations,
      migrationsRun: true,
      synchronize: true,
    }),
    ClientsModule.forRoot({ publicUrl: 'https://auth.example.com' }),
  ],
})
export class RegistryModule {}
`;

/** Tests for the runner of the template: a client beside the host's own on SQLite, and a registry for tests. */
const TESTS = `
import { Test } from '@nestjs/testing';
import { ClientsService, OAuthError, SecretsService } from 'oauth2-client-registry';
import { openTestRegistry } from 'oauth2-client-registry/testing';
import { DataSource } from 'typeorm';
import { Client, RegistryModule } from './registry.module.js';

it('has clients of the registry beside its own', async () => {
  const host = await Test.createTestingModule({ imports: [RegistryModule] }).compile();
  await host.init();
  const answer = await host.get(ClientsService).create({ client_name: 'Ours' });
  const { client_id: id, client_secret: secret } = JSON.parse(answer.json);
  expect(await host.get(SecretsService).verify(id, secret)).toBe(true);
  await expect(host.get(ClientsService).create({ client_id: id })).rejects.toBeInstanceOf(OAuthError);
  const own = host.get(DataSource).getRepository(Client);
  await own.save({ company: 'Theirs' });
  expect(await own.count()).toBe(1);
  await host.close();
});

it('has a registry for tests', async () => {
  const registry = await openTestRegistry();
  await registry.clients.create({ client_id: 'x' });
  expect(registry.events).toHaveLength(1);
  await registry.close();
});
`;

/** Every entry of the package; the last line is a fault that the compiler must find, and the only one. */
export const TYPES = `
import 'reflect-metadata';
import { ClientsModule } from 'oauth2-client-registry';
import { clientRegistrySchema } from 'oauth2-client-registry/migrations';
import { PlainExpressAdapter } from 'oauth2-client-registry/express';
import { openTestRegistry } from 'oauth2-client-registry/testing';
export const entries = [clientRegistrySchema, PlainExpressAdapter, openTestRegistry];
export const wrong: number = ClientsModule;
`;

/** Says whether both ways to load the package give the same class. */
export const BOTH_WAYS = `
  const { ClientsModule } = require('oauth2-client-registry');
  import('oauth2-client-registry').then((other) => console.log(other.ClientsModule === ClientsModule));
`;

function edit(file, ...changes) {
  let text = readFileSync(file, 'utf8');
  for (const [old, now] of changes) {
    if (!text.includes(old)) throw new Error(`The template has no ${old} in ${file}.`);
    text = text.replace(old, now);
  }
  writeFileSync(file, text);
}

/** Puts the registry into the source of an application that `nest new` has made. */
export function addRegistry(folder, isModule) {
  const source = (name) => join(folder, 'src', name);
  // Jest in the template for CommonJS finds TypeScript only by names without an end.
  const file = (text) => (isModule ? text : text.replaceAll(/(from '\.\/.*)\.js'/g, "$1'"));
  writeFileSync(source('registry.module.ts'), MODULE);
  writeFileSync(source('registry.spec.ts'), file(TESTS));
  edit(
    source('app.module.ts'),
    ['imports: []', 'imports: [RegistryModule]'],
    ['', file("import { RegistryModule } from './registry.module.js';\n")],
  );
  edit(
    source('main.ts'),
    ['', "import { readRegistryBodiesRaw } from 'oauth2-client-registry';\n"],
    ['await app.listen', 'readRegistryBodiesRaw(app);\n  await app.listen'],
  );
}
