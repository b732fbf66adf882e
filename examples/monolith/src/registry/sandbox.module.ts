import { Module } from '@nestjs/common';
import { ClientsModule } from 'oauth2-client-registry';
import { AccessModule } from '../access/access.module.js';
import { OperatorGuard } from '../access/login.guard.js';
import { SANDBOX } from '../database/data-sources.js';

/** Provides clients for experiments, in tables of their own, under `/api/sandbox/admin/clients`. */
@Module({
  imports: [
    ClientsModule.forRoot({
      publicUrl: 'https://sandbox.shop.example.com',
      dataSource: SANDBOX,
      routePrefix: 'sandbox',
      secrets: { prefix: 'sandbox_' },
      imports: [AccessModule],
      guards: [OperatorGuard],
    }),
  ],
})
export class SandboxModule {}
