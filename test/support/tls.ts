import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { closing } from './closing.js';

/** An HTTPS server of the outside world, reachable as `localhost` and 127.0.0.1. */
export interface OutsideServer extends AsyncDisposable {
  port: number;
  /** PEM certificate that vouches for it. */
  certificate: string;
  /** Connections that reached it. */
  connections: () => number;
  close: () => Promise<void>;
}

/** Starts one that answers with `listener`. */
export async function startOutside(listener: RequestListener): Promise<OutsideServer> {
  const names = [
    { type: 2 as const, value: 'localhost' },
    { type: 2 as const, value: 'sector.example' },
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: names }],
  });
  let connections = 0;
  const server: Server = createServer({ key: pem.private, cert: pem.cert }, listener);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo;
  return closing({ port, certificate: pem.cert, connections: () => connections, close });
}
