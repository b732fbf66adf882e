// The example of an authorization server with the registry's clients; with CLIENTS, the same provider with these in its memory.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { Provider } from 'oidc-provider';
import { readRegistryBodiesRaw } from '../dist/index.js';
import { ProviderStore } from '../dist/oidc-provider.js';

const { DATABASE_URL, PORT, EXAMPLE, CLIENTS } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;
const { AppModule } = await import(`${EXAMPLE}app.module.js`);
const { configuration, providerOf } = await import(`${EXAMPLE}provider.js`);

const app = await NestFactory.create(AppModule.on({ url: DATABASE_URL, issuer, allowedHosts: [], resources: [] }), {
  logger: ['warn', 'error'],
});
app.setGlobalPrefix('registry');
readRegistryBodiesRaw(app);
await app.init();

function inMemory() {
  const clients = JSON.parse(CLIENTS).map((client) => ({
    ...client,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
  }));
  return new Provider(issuer, { ...configuration(app.get(ProviderStore, { strict: false })), clients });
}

const answer = (CLIENTS ? inMemory() : providerOf(app, issuer)).callback();
const administer = app.getHttpAdapter().getInstance();
createServer((request, response) =>
  (request.url.startsWith('/registry/') ? administer : answer)(request, response),
).listen(Number(PORT), '127.0.0.1', () => process.send('ready'));
