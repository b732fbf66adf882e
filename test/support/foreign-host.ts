import {
  Body,
  Catch,
  Controller,
  Get,
  Module,
  Post,
  ValidationPipe,
  type ArgumentsHost,
  type INestApplication,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { getRepositoryToken, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
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
import { dataSourceOptions } from '../../src/schema/data-source-options.js';
import {
  clientRegistryEntities,
  clientRegistryMigrations,
  ClientsModule,
  readRegistryBodiesRaw,
} from '../../src/index.js';
import { ADAPTERS, type Platform } from './host.js';
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

/** Turns every error of the host into an envelope that is nothing like ours. */
@Catch()
class EnvelopeFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(_: unknown, context: ArgumentsHost): void {
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { failed: true }, 418);
  }
}

/** A shop with entities, migrations, prefix, pipe, filter and Swagger of its own; nothing in it knows of the registry but two lines. */
export async function createForeignHost(
  { database, options = {}, logger = false }: StartOptions,
  platform: Platform,
): Promise<INestApplication> {
  const connection: DataSourceOptions = {
    ...dataSourceOptions(database.url, true),
    entities: [Order, ...clientRegistryEntities],
    migrations: [CreateOrder1700000000000, ...clientRegistryMigrations],
  };

  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...connection, retryAttempts: 0 }),
      TypeOrmModule.forFeature([Order]),
      ClientsModule.forRoot({ secrets: { bcryptCost: 4 }, ...options }),
    ],
    controllers: [OrdersController],
  })
  class ShopModule {}

  const module = await Test.createTestingModule({ imports: [ShopModule] }).compile();
  module.get(getRepositoryToken(Order));
  const app = module.createNestApplication(ADAPTERS[platform](), { logger });
  app.setGlobalPrefix('shop/api');
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  app.useGlobalFilters(new EnvelopeFilter(app.get(HttpAdapterHost)));
  SwaggerModule.setup(
    'shop-docs',
    app,
    () => SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Shop').build()),
    { jsonDocumentUrl: 'shop.json', ui: false },
  );
  readRegistryBodiesRaw(app);
  return app;
}
