import { Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../database/dialects.js';
import { PreparedDatabase } from '../database/sql/prepared-database.js';
import { ExpiringService } from './expiring.service.js';
import { ExpiringStatements } from './expiring.statements.js';

/** What ends soon, on the application's DataSource. */
@Module({
  providers: [
    {
      provide: PreparedDatabase,
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => openDatabase(dataSource),
    },
    ExpiringStatements,
    ExpiringService,
  ],
  exports: [ExpiringService],
})
export class ExpiryModule {}
