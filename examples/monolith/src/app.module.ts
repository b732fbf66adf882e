import { Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from './audit/audit.module.js';
import { sandbox, SANDBOX, shop } from './database/data-sources.js';
import { OrdersModule } from './orders/orders.module.js';
import { PartnersModule } from './partners/partners.module.js';
import { SandboxModule } from './registry/sandbox.module.js';

/** The root module of the shop. */
@Module({})
export class AppModule {
  /** @param url URL of the database */
  static on(url: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EventEmitterModule.forRoot({ wildcard: true }),
        TypeOrmModule.forRoot(shop(url)),
        TypeOrmModule.forRootAsync({ name: SANDBOX, useFactory: () => sandbox(url) }),
        OrdersModule,
        AuditModule,
        PartnersModule,
        SandboxModule,
      ],
    };
  }
}
