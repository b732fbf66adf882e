import {
  Body,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Module,
  Post,
  UnauthorizedException,
  ValidationPipe,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsString } from 'class-validator';
import {
  Column,
  Entity,
  PrimaryGeneratedColumn,
  type DataSourceOptions,
  type MigrationInterface,
  type QueryRunner,
  type Repository,
} from 'typeorm';
import { firstKey } from '../../src/keys/first-key.js';
import { dataSourceOptions } from '../../src/schema/data-source-options.js';
import {
  AccessGuard,
  AUTHENTICATORS,
  clientRegistryEntities,
  clientRegistryMigrations,
  ClientsModule,
  readRegistryBodiesRaw,
} from '../../src/index.js';
import { FULL_KEY } from './full-key.mjs';
import { startHost, type Platform, type RunningHost } from './host.js';
import type { StartOptions } from './start-options.js';

@Entity({ name: 'order' })
class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar' })
  article!: string;
}

class CreateOrder1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const key =
      runner.dataSource.options.type === 'postgres' ? 'serial PRIMARY KEY' : 'integer PRIMARY KEY AUTOINCREMENT';
    await runner.query(`CREATE TABLE "order" ("id" ${key}, "article" varchar NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "order"');
  }
}

class OrderInput {
  @IsString()
  article!: string;
}

@Controller('orders')
class OrdersController {
  constructor(@InjectRepository(Order) private readonly orders: Repository<Order>) {}

  @Post()
  create(@Body() input: OrderInput): Promise<Order> {
    return this.orders.save({ ...input });
  }

  @Get()
  list(): Promise<Order[]> {
    return this.orders.find();
  }
}

/** Answers every error of the host in an envelope that is nothing like ours: 401 and 403 as such, all else as 418. */
@Catch()
export class EnvelopeFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    const isRefusal = error instanceof UnauthorizedException || error instanceof ForbiddenException;
    const failed = isRefusal ? error.getStatus() : 418;
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { failed }, failed);
  }
}

/** Provides the one way into the registry of a host that wants the key. */
@Module({ providers: [{ provide: AUTHENTICATORS, useFactory: () => [firstKey(FULL_KEY)] }], exports: [AUTHENTICATORS] })
class KeyModule {}

const GUARDED = { guards: [AccessGuard], imports: [KeyModule] };

/** The path that the shop puts before all its routes. */
export const FOREIGN_PREFIX = '/shop/api';

/** A shop with entities, migrations, prefix, pipe, filter and Swagger of its own; nothing in it knows of the registry but two lines. */
export function startForeignHost(
  { database, options = {}, logger = false }: StartOptions,
  platform: Platform,
): Promise<RunningHost> {
  const connection: DataSourceOptions = {
    ...dataSourceOptions(database.url, true),
    entities: [Order, ...clientRegistryEntities],
    migrations: [CreateOrder1700000000000, ...clientRegistryMigrations],
  };
  const imports = [
    TypeOrmModule.forRoot({ ...connection, retryAttempts: 0 }),
    TypeOrmModule.forFeature([Order]),
    ClientsModule.forRoot({ secrets: { bcryptCost: 4 }, ...(FULL_KEY && GUARDED), ...options }),
  ];
  return startHost(
    platform,
    { imports, controllers: [OrdersController] },
    (app) => {
      app.setGlobalPrefix(FOREIGN_PREFIX);
      app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
      app.useGlobalFilters(new EnvelopeFilter(app.get(HttpAdapterHost)));
      SwaggerModule.setup(
        'shop-docs',
        app,
        () => SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Shop').build()),
        { jsonDocumentUrl: 'shop.json', ui: false },
      );
      readRegistryBodiesRaw(app);
    },
    { logger },
  );
}
