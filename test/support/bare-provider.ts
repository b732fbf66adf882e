import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { closing } from './closing.js';
import { exchange } from './provider.js';

/** A provider without the registry, with a client of its own: for what it keeps to itself. */
export async function startBareProvider(): Promise<
  AsyncDisposable & { provider: Provider; ask: (form: string) => Promise<number> }
> {
  const provider = new Provider('http://127.0.0.1', {
    clients: [
      {
        client_id: 'own',
        client_secret: 'x',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
  const callback = provider.callback();
  const server = createServer((received, answer) => void callback(received, answer));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const ask = async (form: string) => (await exchange(url, { form })).status;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return closing({ provider, ask, close });
}
