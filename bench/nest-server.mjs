// The baseline on Nest: one route on the service's own application and listener, which sends the same bytes from the same
// statement, without the code of the registry.
import 'reflect-metadata';
import { Controller, Get, Header, Module, Param, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/standalone/app.module.js';
import { APP_OPTIONS, setUpApp } from '../dist/standalone/app.setup.js';
import { processConfig } from '../dist/standalone/config/environment.js';
import { ServiceAdapter } from '../dist/standalone/listener/service.adapter.js';
import { openRaw } from './raw-database.mjs';

const database = openRaw(process.env.DATABASE_URL);

class BareController {
  async get(id, response) {
    const { document, tag, version, shape } = await database.find(id);
    response.header('ETag', `"${tag}.${version}.${shape}"`);
    return document;
  }
}
const route = Object.getOwnPropertyDescriptor(BareController.prototype, 'get');
for (const decorate of [
  Get(':id'),
  Header('Content-Type', 'application/json; charset=utf-8'),
  Header('Cache-Control', 'no-store'),
])
  decorate(BareController.prototype, 'get', route);
Param('id')(BareController.prototype, 'get', 0);
Res({ passthrough: true })(BareController.prototype, 'get', 1);
Controller('bare/clients')(BareController);

class BareModule {}
Module({ controllers: [BareController], imports: [AppModule] })(BareModule);

const app = await NestFactory.create(BareModule, new ServiceAdapter(processConfig()), {
  ...APP_OPTIONS,
  logger: ['warn', 'error'],
});
await setUpApp(app).listen(Number(process.env.PORT), '127.0.0.1');
process.send('ready');
