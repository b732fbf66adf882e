import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { ClientsService } from '../src/index.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { KEY_HEADERS } from './support/full-key.mjs';
import { request } from './support/http.js';
import { keptLog } from './support/log.js';

const DROPPED = 'oauth2_registry_connections_dropped_total';

/** Short times. */
const SHORT = {
  ADMIN_KEEP_ALIVE_TIMEOUT: '100',
  ADMIN_HEADERS_TIMEOUT: '200',
  ADMIN_REQUEST_TIMEOUT: '400',
  DATABASE_CONNECT_TIMEOUT: '100',
  DATABASE_STATEMENT_TIMEOUT: '100',
};

const HEAD = ['HTTP/1.1', 'Host: localhost', ...Object.entries(KEY_HEADERS).map((pair) => pair.join(': '))].join(
  '\r\n',
);

async function connection(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** How many connections the server of a service has. */
function connectionsOf(service: RunningApp): Promise<number> {
  const server = service.app.getHttpServer() as Server;
  return promisify(server.getConnections.bind(server))();
}

describe('the listener', () => {
  it('closes connections beyond ADMIN_MAX_CONNECTIONS at once, and goes on with the others', async () => {
    await using database = await SQLITE.open();
    const { logger, text: logged } = keptLog();
    await using service = await startStandalone({ database, environment: { ADMIN_MAX_CONNECTIONS: '3' }, logger });
    const sockets = [];
    for (let at = 0; at < 3; at += 1) sockets.push(await connection(service.url));
    for (let at = 0; at < 2; at += 1) {
      const further = await connection(service.url);
      await once(further.resume(), 'close');
    }
    const [first, ...others] = sockets;
    first?.write(`GET /health/alive ${HEAD}\r\nConnection: close\r\n\r\n`);
    expect(first && (await text(first))).toMatch(/^HTTP\/1\.1 200 /);
    expect((await request(`${service.url}/health/alive`)).status).toBe(200);
    for (const socket of others) socket.destroy();
    await eventually(async () => (await connectionsOf(service)) < 3);
    expect(valueOf(await metricsOf(service.url), DROPPED)).toBe(2);
    expect(logged().match(/ADMIN_MAX_CONNECTIONS \(3\) are open/g)).toHaveLength(1);
  });

  it('answers 408 to a body that does not arrive within ADMIN_REQUEST_TIMEOUT', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: SHORT });
    const socket = await connection(service.url);
    socket.write(`POST /admin/clients ${HEAD}\r\nContent-Length: 10\r\n\r\n{`);
    const drip = setInterval(() => socket.write(' '), 150);
    const answer = await text(socket);
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('ends the connection of a caller that does not read its answers', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: SHORT });
    const clients = service.get(ClientsService);
    for (let at = 0; at < 50; at += 1) await clients.create({ metadata: { filler: 'x'.repeat(10_000) } });
    const closed = new Promise<void>((resolve) => {
      (service.app.getHttpServer() as Server).once('connection', (accepted) => accepted.once('close', resolve));
    });
    const socket = await connection(service.url);
    socket.pause();
    // More than the buffers of the system hold.
    socket.write(`GET /admin/clients ${HEAD}\r\n\r\n`.repeat(100));
    await closed;
    expect(await connectionsOf(service)).toBe(0);
    socket.destroy();
  });
});
