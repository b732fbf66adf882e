import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { setUp } from './platform/set-up.js';
import { ShopLogger } from './platform/shop.logger.js';

const { DATABASE_URL = 'sqlite:shop.sqlite', PORT = '3000' } = process.env;
// A client_id may have 255 characters; by default Fastify accepts only 100 in a path parameter.
const adapter = process.argv.includes('--fastify')
  ? new FastifyAdapter({ routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true } })
  : new ExpressAdapter();

const app = await NestFactory.create(AppModule.on(DATABASE_URL), adapter, { logger: new ShopLogger() });
setUp(app);
await app.listen(Number(PORT), '127.0.0.1');
new Logger('Shop').log(`Open on ${await app.getUrl()}/api/docs`);
