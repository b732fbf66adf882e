// The bare Nest route: the same server, the same statement, the same bytes, and nothing of the registry.
import 'reflect-metadata';
import { Controller, Get, Header, Module, Param, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PlainExpressAdapter } from '../dist/http/plain-express.adapter.js';
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
Controller('admin/clients')(BareController);

class BareModule {}
Module({ controllers: [BareController] })(BareModule);

const app = await NestFactory.create(BareModule, new PlainExpressAdapter(), {
  bodyParser: false,
  logger: ['warn', 'error'],
});
app.disable('x-powered-by').disable('etag');
await app.listen(Number(process.env.PORT), '127.0.0.1');
process.send('ready');
