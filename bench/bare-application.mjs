// A bare Nest application with the packages of the service: one entity, one controller with a decorated DTO, a health check, metrics,
// an OpenAPI document and a logger, as its users would begin one.
import 'reflect-metadata';
import '@peculiar/x509';
import 'bcrypt';
import 'dataloader';
import 'jose';
import 'lossless-json';
import 'lru-cache';
import 'rfc6902';
import 'yaml';
import { Body, Controller, Get, Injectable, Module, Param, Post, ValidationPipe } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { HealthCheckService, TerminusModule, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { TypeOrmModule, getRepositoryToken } from '@nestjs/typeorm';
import { IsString } from 'class-validator';
import pino from 'pino';
import { collectDefaultMetrics, register } from 'prom-client';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { dataSourceOptions } from '../dist/schema/data-source-options.js';

/** Applies decorators to a member of a class, which plain JavaScript cannot do by itself. */
function decorate(decorators, { prototype }, name, type) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  if (type) Reflect.defineMetadata('design:type', type, prototype, name);
  for (const one of decorators) one(prototype, name, descriptor);
}

class Thing {}
decorate([PrimaryColumn({ type: 'text' })], Thing, 'id', String);
decorate([Column({ type: 'text' })], Thing, 'name', String);
Entity('thing')(Thing);

class NewThing {}
decorate([IsString(), ApiProperty()], NewThing, 'id', String);
decorate([IsString(), ApiProperty()], NewThing, 'name', String);

class ThingsController {
  constructor(things, health, database) {
    Object.assign(this, { things, health, database });
  }

  find(id) {
    return this.things.findOneBy({ id });
  }

  create(thing) {
    return this.things.save(thing);
  }

  ready() {
    return this.health.check([() => this.database.pingCheck('database')]);
  }

  metrics() {
    return register.metrics();
  }
}
Reflect.defineMetadata('design:paramtypes', [String], ThingsController.prototype, 'find');
Reflect.defineMetadata('design:paramtypes', [NewThing], ThingsController.prototype, 'create');
decorate([Get('things/:id')], ThingsController, 'find');
decorate([Post('things')], ThingsController, 'create');
decorate([Get('health/ready')], ThingsController, 'ready');
decorate([Get('metrics')], ThingsController, 'metrics');
Param('id')(ThingsController.prototype, 'find', 0);
Body()(ThingsController.prototype, 'create', 0);
Controller()(ThingsController);
Injectable()(ThingsController);

class BareModule {}
Module({
  imports: [
    ConfigModule.forRoot(),
    TerminusModule,
    TypeOrmModule.forRoot({
      ...dataSourceOptions(process.env.DATABASE_URL, false),
      entities: [Thing],
      migrations: [],
      synchronize: true,
    }),
    TypeOrmModule.forFeature([Thing]),
  ],
  controllers: [ThingsController],
})(BareModule);
Reflect.defineMetadata(
  'self:paramtypes',
  [getRepositoryToken(Thing), HealthCheckService, TypeOrmHealthIndicator].map((param, index) => ({ index, param })),
  ThingsController,
);

collectDefaultMetrics();
const logger = pino({ level: 'warn' });
const app = await NestFactory.create(BareModule, { logger: ['warn', 'error'] });
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, new DocumentBuilder().build()));
await app.listen(Number(process.env.ADMIN_PORT), '127.0.0.1');
logger.info('ready');
