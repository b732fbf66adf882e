import { Module } from '@nestjs/common';
import { ClientsModule } from 'oauth2-client-registry';
import { AccessModule } from '../access/access.module.js';
import { OperatorGuard } from '../access/login.guard.js';

const registry = ClientsModule.forRoot({
  publicUrl: 'https://shop.example.com',
  imports: [AccessModule],
  guards: [OperatorGuard],
});

/** Provides the clients of partners, in the shop's own database, under `/api/admin/clients`. */
@Module({ imports: [registry], exports: [registry] })
export class RegistryModule {}
