import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import { runInTransaction, type ClientEvent } from 'oauth2-client-registry';
import { DataSource } from 'typeorm';
import { AccessModule } from '../access/access.module.js';
import { OperatorGuard } from '../access/login.guard.js';
import { AuditEntry } from './audit-entry.entity.js';

/** Records every change of a client, for both registries. */
@Injectable()
export class Audit {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  @OnEvent('client.**')
  async note({ type, clientId, version, document, dataSource }: ClientEvent): Promise<void> {
    const entry = { registry: dataSource ?? 'shop', event: type, clientId, version, document };
    await runInTransaction(this.dataSource, (manager) => manager.insert(AuditEntry, entry));
  }

  list(): Promise<AuditEntry[]> {
    return this.dataSource.manager.find(AuditEntry, { order: { id: 'ASC' } });
  }
}

@ApiTags('audit')
@ApiBearerAuth()
@Controller('audit')
@UseGuards(OperatorGuard)
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  list(): Promise<AuditEntry[]> {
    return this.audit.list();
  }
}

/** Provides the audit trail. */
@Module({ imports: [AccessModule], providers: [Audit], controllers: [AuditController] })
export class AuditModule {}
