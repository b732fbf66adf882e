import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ClientsModule, ClientsService } from '../src/index.js';
import { inMemoryDataSource, openTestRegistry } from '../src/testing.js';
import { closing } from './support/closing.js';
import { CreatePartner1700000000000, Partner } from './support/in-process.js';

describe('what the tests of an application get', () => {
  it('a registry in memory, with its services and what has happened', async () => {
    await using registry = closing(await openTestRegistry({ secrets: { prefix: 'acme_' } }));
    const { json, id } = await registry.clients.create({ client_name: 'Invoices' });
    const { client_secret: secret } = JSON.parse(json) as { client_secret: string };
    expect(secret).toMatch(/^acme_/);
    expect(await registry.secrets.verify(id, secret)).toBe(true);
    await registry.clientSecrets.rotate(id);
    expect(registry.events.map(({ type }) => type)).toEqual([
      'client.created',
      'client.updated',
      'client.secret.rotated',
    ]);
    await using other = closing(await openTestRegistry());
    await expect(other.clients.get(id)).rejects.toThrow('There is no client');
    await registry.close();
    expect(registry.dataSource.isInitialized).toBe(false);
  });

  it('a DataSource in memory for an application of their own', async () => {
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          ...inMemoryDataSource({ entities: [Partner], migrations: [CreatePartner1700000000000] }),
          retryAttempts: 0,
        }),
        ClientsModule.forRoot({}),
      ],
    })
    class AppModule {}
    await using module = closing(await Test.createTestingModule({ imports: [AppModule] }).compile());
    await module.init();
    await module.get(DataSource).getRepository(Partner).save({ name: 'acme', clientId: 'x' });
    expect((await module.get(ClientsService, { strict: false }).create({ client_id: 'x' })).id).toBe('x');
  });
});
