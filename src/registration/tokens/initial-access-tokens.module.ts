import { Module, type OnModuleInit } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../../database/dialects.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { registrationTokenEntities } from './initial-access-token.entity.js';
import { InitialAccessTokenStatements } from './initial-access-token.statements.js';
import { InitialAccessTokens } from './initial-access-tokens.js';

/** Initial access tokens on the application's DataSource. */
@Module({
  providers: [
    {
      provide: PreparedDatabase,
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => openDatabase(dataSource),
    },
    InitialAccessTokenStatements,
    InitialAccessTokens,
  ],
  exports: [InitialAccessTokens],
})
export class InitialAccessTokensModule implements OnModuleInit {
  constructor(private readonly database: PreparedDatabase) {}

  /** @throws Error when the table of tokens is missing */
  async onModuleInit(): Promise<void> {
    await this.database.check(registrationTokenEntities);
  }
}
