// A host that embeds the module, on the server that SERVER names.
import 'reflect-metadata';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions } from '../dist/schema/data-source-options.js';
import { PlainExpressAdapter } from '../dist/http/plain-express.adapter.js';
import { ClientsModule, readRegistryBodiesRaw } from '../dist/index.js';

const ADAPTERS = {
  Express: () => new ExpressAdapter(),
  'plain Express': () => new PlainExpressAdapter(),
  Fastify: () => new FastifyAdapter({ routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true } }),
};

class HostModule {}
Module({
  imports: [TypeOrmModule.forRoot(dataSourceOptions(process.env.DATABASE_URL, false)), ClientsModule.forRoot({})],
})(HostModule);

const app = await NestFactory.create(HostModule, ADAPTERS[process.env.SERVER](), { logger: ['warn', 'error'] });
app.setGlobalPrefix('api');
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
readRegistryBodiesRaw(app);
await app.listen(Number(process.env.PORT), '127.0.0.1');
process.send('ready');
