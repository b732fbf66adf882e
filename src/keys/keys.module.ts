import { Module, type OnModuleInit } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../database/dialects.js';
import { PreparedDatabase } from '../database/sql/prepared-database.js';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';
import { keyEntities } from './api-key.entity.js';
import { ApiKeyStatements } from './api-key.statements.js';
import { ApiKeys } from './api-keys.service.js';
import { LastUses } from './last-uses.js';

/** API keys on the application's DataSource. */
@Module({
  providers: [
    {
      provide: PreparedDatabase,
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => openDatabase(dataSource),
    },
    ApiKeyStatements,
    ApiKeys,
    LastUses,
    ApiKeyAuthenticator,
  ],
  exports: [ApiKeys, ApiKeyAuthenticator],
})
export class KeysModule implements OnModuleInit {
  constructor(private readonly database: PreparedDatabase) {}

  /** @throws Error when the table of keys is missing */
  async onModuleInit(): Promise<void> {
    await this.database.check(keyEntities);
  }
}
