import { describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { Agent, request as nodeRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startStandalone } from './support/app.js';
import { POSTGRES, SQLITE } from './support/databases.js';
import { postClient, rawRequest, request } from './support/http.js';
import { startProcess } from './support/process.js';

/** How often a busy service is ended. `SIGTERM_ROUNDS=30` asks for more than every run has time for. */
const ROUNDS = Number(process.env['SIGTERM_ROUNDS'] ?? 2);
const CALLERS = 16;

async function connection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Creates a client over a kept-alive connection: the `Connection` of the answer, or undefined when there is none. */
function create(url: string, agent: Agent, id: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = nodeRequest(`${url}/admin/clients`, { method: 'POST', agent }, (response) => {
      textOf(response).then(
        () => resolve(response.statusCode === 201 ? response.headers.connection : `${response.statusCode}`),
        () => resolve(undefined),
      );
    });
    call
      .on('error', () => resolve(undefined))
      .end(JSON.stringify({ client_id: id, token_endpoint_auth_method: 'none' }));
  });
}

/** Callers that create one client after another, each on its own connection, until one is not answered. */
async function busyCallers(url: string, round: number, answered: string[], refused: string[]): Promise<string[]> {
  const last = Array.from({ length: CALLERS }, async (_, caller) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let before = '';
    for (let turn = 0; ; turn++) {
      const id = `${round}-${caller}-${turn}`;
      const connectionHeader = await create(url, agent, id);
      (connectionHeader === undefined ? refused : answered).push(id);
      if (connectionHeader === undefined) break;
      before = connectionHeader;
    }
    agent.destroy();
    return before;
  });
  return Promise.all(last);
}

describe('SIGTERM', () => {
  it(
    'ends a service that is busy on kept connections: every request was answered, or never accepted',
    async () => {
      await using database = await SQLITE.open();
      const answered: string[] = [];
      const refused: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await using service = await startProcess({ DATABASE_URL: database.url });
        const callers = busyCallers(service.url, round, answered, refused);
        while (answered.filter((id) => id.startsWith(`${round}-`)).length < 4 * CALLERS) await sleep(5);
        expect(await service.end('SIGTERM')).toBe(0);
        expect(service.output()).toBe('');
        // The last answer on each connection announces its end, so that no caller sends into a closed one.
        expect(await callers).toEqual(Array.from({ length: CALLERS }, () => 'close'));
      }
      await using service = await startStandalone({ database });
      const rows = await service.dataSource.query<{ id: string }[]>('SELECT id FROM oauth2_client');
      expect(rows.map(({ id }) => id).toSorted()).toEqual(answered.toSorted());
      expect(refused).toHaveLength(ROUNDS * CALLERS);
    },
    Math.max(120_000, ROUNDS * 20_000),
  );

  it('answers what is under way, and nothing that comes behind the last answer of a connection', async () => {
    await using service = await startProcess({ DATABASE_URL: 'sqlite::memory:' });
    const socket = await connection(service.url);
    const head = (length: number) =>
      `POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;
    const received = textOf(socket);
    socket.write(`${head(2)}{}${head(18)}{"client_id":`);
    while (socket.bytesRead === 0) await sleep(5);
    const ended = service.end('SIGTERM');
    while (
      await request(`${service.url}/health/alive`).then(
        () => true,
        () => false,
      )
    )
      await sleep(5);
    socket.write(`"it"}${head(2)}{}`);
    const answers = (await received).split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((answer) => answer.split('\r\n', 1)[0])).toEqual([
      'HTTP/1.1 201 Created',
      'HTTP/1.1 201 Created',
    ]);
    expect(answers[0]).toMatch(/\r\nConnection: keep-alive\r\n/);
    expect(answers[1]).toMatch(/\r\nConnection: close\r\n/);
    expect(await ended).toBe(0);
  });

  it('closes connections that are idle, and those that nobody has used yet', async () => {
    await using service = await startProcess({ DATABASE_URL: 'sqlite::memory:', SHUTDOWN_TIMEOUT: '600000' });
    const [idle, silent] = await Promise.all([connection(service.url), connection(service.url)]);
    idle.write('GET /health/alive HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'data');
    const closed = [idle, silent].map((socket) => once(socket.resume(), 'close'));
    expect(await service.end('SIGTERM')).toBe(0);
    await Promise.all(closed);
  });

  it('cuts an upload that does not end within SHUTDOWN_TIMEOUT', async () => {
    await using service = await startProcess({ DATABASE_URL: 'sqlite::memory:', SHUTDOWN_TIMEOUT: '1500' });
    const socket = await connection(service.url);
    socket.on('error', () => undefined);
    socket.write('POST /admin/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    await sleep(100);
    const closed = once(socket.resume(), 'close');
    expect(await service.end('SIGTERM')).toBe(0);
    await closed;
  });

  it('ends the process with 1 and a sentence when the database keeps it beyond SHUTDOWN_TIMEOUT', async () => {
    await using database = await POSTGRES.open();
    await using service = await startProcess({
      DATABASE_URL: database.url,
      DATABASE_MIGRATE: 'true',
      DATABASE_STATEMENT_TIMEOUT: '600000',
      DATABASE_LOCK_TIMEOUT: '600000',
      SHUTDOWN_TIMEOUT: '1000',
    });
    await postClient(service.url, { client_id: 'held' });
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("BEGIN; SELECT 1 FROM oauth2_client WHERE id = 'held' FOR UPDATE");
    const patch = request(`${service.url}/admin/clients/held`, {
      method: 'PATCH',
      body: [{ op: 'replace', path: '/owner', value: 'x' }],
    });
    const refused = expect(patch).rejects.toThrow();
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while ((await holder.query(waiting)).rowCount === 0) await sleep(10);
    expect(await service.end('SIGTERM')).toBe(1);
    await refused;
    expect(service.output()).toContain('The process ends nevertheless.');
    await holder.end();
  });
});

describe('an application that is closed from within', () => {
  it('ends no process afterwards, though it is told a signal', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: { SHUTDOWN_TIMEOUT: '1' } });
    const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
    await (service.app as { close: (signal?: string) => Promise<void> }).close('SIGTERM');
    await sleep(20);
    expect(exit).not.toHaveBeenCalled();
    exit.mockRestore();
  });
});

describe('an idle connection', () => {
  it('stays open for longer than the proxies in front of it keep theirs, 65 s by default', async () => {
    await using database = await SQLITE.open();
    const timeouts = async (environment: Record<string, string>) => {
      await using service = await startStandalone({ database, environment });
      const { headers } = await rawRequest(`${service.url}/health/alive`, { headers: { connection: 'keep-alive' } });
      const { headersTimeout } = service.app.getHttpServer() as { headersTimeout: number };
      return [headers['keep-alive'], headersTimeout];
    };
    expect(await timeouts({})).toEqual(['timeout=65', 66_000]);
    expect(await timeouts({ ADMIN_KEEP_ALIVE_TIMEOUT: '7000', ADMIN_HEADERS_TIMEOUT: '8000' })).toEqual([
      'timeout=7',
      8000,
    ]);
    await expect(timeouts({ ADMIN_KEEP_ALIVE_TIMEOUT: '70000' })).rejects.toThrow(
      'ADMIN_HEADERS_TIMEOUT must be greater than ADMIN_KEEP_ALIVE_TIMEOUT.',
    );
  });
});
