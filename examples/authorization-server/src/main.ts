import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { readRegistryBodiesRaw } from 'oauth2-client-registry';
import { AppModule } from './app.module.js';
import { providerOf } from './provider.js';

const {
  DATABASE_URL = 'sqlite:authorization-server.sqlite',
  PORT = '0',
  ADMIN_PORT = '0',
  JWKS_ALLOWED_HOSTS,
  RESOURCES,
} = process.env;
const listOf = (text?: string): string[] => text?.split(',') ?? [];

// The issuer identifier names the port, so the server listens first.
const server = createServer().listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const { ISSUER = url } = process.env;

// The admin API needs no key here, so it stays on this machine. docs/access.md of the registry says how it gets one.
const module = AppModule.on({
  url: DATABASE_URL,
  issuer: ISSUER,
  allowedHosts: listOf(JWKS_ALLOWED_HOSTS),
  resources: listOf(RESOURCES),
});
const app = await NestFactory.create(module, { logger: ['warn', 'error'] });
readRegistryBodiesRaw(app);
app.enableShutdownHooks([], { useProcessExit: true });
await app.listen(Number(ADMIN_PORT), '127.0.0.1');

const provider = providerOf(app, ISSUER).callback();
const registry = app.getHttpAdapter().getInstance() as RequestListener;
// Of the registry, the public listener has the routes by which clients register themselves; the others stay with the admin API.
server.on('request', (request, response) =>
  request.url?.startsWith('/oauth2/') ? registry(request, response) : void provider(request, response),
);
console.log(`Issuer: ${ISSUER}`);
console.log(`Listening: ${url}`);
console.log(`Clients: ${await app.getUrl()}/admin/clients`);
