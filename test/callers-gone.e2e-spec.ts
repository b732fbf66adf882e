import { describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { Module } from '@nestjs/common';
import pg from 'pg';
import type { Pool } from 'pg';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { ClientsService, type SecretHasher } from '../src/index.js';
import type { OAuthError } from '../src/oauth-error/oauth-error.js';
import { SecretsService } from '../src/secrets/secrets.service.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { startInProcess } from './support/in-process.js';
import { post, postClient, request } from './support/http.js';

const CALLERS = 300;
const CHOSEN = { client_secret: 'correct horse battery staple' };

/** What callers make: where, from what, and the table in which it is kept. */
interface Making {
  path: string;
  body: object;
  table: string;
}

const CLIENTS: Making = { path: '/admin/clients', body: {}, table: 'oauth2_client' };
const KEYS: Making = {
  path: '/admin/keys',
  body: { name: 'a', scopes: ['clients:read'] },
  table: 'oauth2_client_api_key',
};
const TOKENS: Making = {
  path: '/admin/registration-tokens',
  body: { label: 'a' },
  table: 'oauth2_client_initial_token',
};
const WEBHOOKS: Making = {
  path: '/admin/webhooks',
  body: { url: 'https://receiver.example/' },
  table: 'oauth2_client_webhook',
};
const MAKINGS: [what: string, making: Making][] = [
  ['clients', CLIENTS],
  ['API keys', KEYS],
  ['initial access tokens', TOKENS],
  ['webhooks', WEBHOOKS],
];
const SECRETS_KEY = 's'.repeat(32);

const HASHER = Symbol('hasher');

/** A hasher whose comparisons wait until they are let go. */
class HeldHasher implements SecretHasher {
  compared = 0;
  private held: Promise<void> = Promise.resolve();
  release = (): void => {};

  hold(): void {
    this.held = new Promise<void>((resolve) => (this.release = resolve));
  }

  hash(secret: string): Promise<string> {
    return Promise.resolve(`$plain$${secret}`);
  }

  async matches(secret: string, stored: string): Promise<boolean> {
    this.compared += 1;
    await this.held;
    return stored === `$plain$${secret}`;
  }
}

const hasher = new HeldHasher();

@Module({ providers: [{ provide: HASHER, useValue: hasher }], exports: [HASHER] })
class HasherModule {}

async function rowsOf({ dataSource }: RunningApp, { table }: Making): Promise<number> {
  const [row] = await dataSource.query<{ made: string }[]>(`SELECT count(*) AS made FROM ${table}`);
  return Number(row?.made);
}

/** Counts the requests from now on whose connection is open and whose answer has not ended. */
function openRequestsOf(service: RunningApp): () => number {
  let open = 0;
  (service.app.getHttpServer() as Server).on('request', (_, response) => {
    open += 1;
    response.once('close', () => (open -= 1));
  });
  return () => open;
}

interface HeldWriter extends AsyncDisposable {
  waiting: () => number;
  release: () => Promise<void>;
}

/** Holds the one writer of SQLite; `waiting` are the changes of callers behind it. */
function holdWriter(service: RunningApp): HeldWriter {
  const prepared = service.get(PreparedDatabase);
  const { writer } = prepared as unknown as { writer: { waiting: { signal?: AbortSignal }[] } };
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const locked = prepared.exclusively({ text: 'SELECT 1', values: [] }, () => ended);
  const release = () => {
    end();
    return locked;
  };
  return {
    waiting: () => writer.waiting.filter(({ signal }) => signal).length,
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Makes something for callers who all leave when `isTime` says so; returns how many were answered. */
async function leaving(
  service: RunningApp,
  { path, body }: Making,
  isTime: () => boolean | Promise<boolean>,
): Promise<number> {
  const open = openRequestsOf(service);
  const leave = new AbortController();
  const create = () => request(service.url + path, { method: 'POST', body, signal: leave.signal });
  const creates = Array.from({ length: CALLERS }, create);
  const settled = Promise.allSettled(creates);
  await eventually(isTime);
  leave.abort();
  const results = await settled;
  await eventually(() => open() === 0);
  return results.filter((one) => one.status === 'fulfilled' && one.value.status === 201).length;
}

describe.each(DATABASES)('callers who left while their secrets waited to be hashed, on $database', ({ open }) => {
  it('leave no clients behind whose secrets nobody knows', async () => {
    await using database = await open();
    // One change at a time on PostgreSQL: two of the three connections are left to reads.
    const environment = { BCRYPT_COST: '10', DATABASE_POOL_SIZE: '3' };
    await using service = await startStandalone({ database, environment });
    const { hashing } = service.get(SecretsService);
    const answered = await leaving(service, { ...CLIENTS, body: CHOSEN }, () => hashing.waiting > 50);
    await eventually(() => hashing.running === 0);
    const left = (await rowsOf(service, CLIENTS)) - answered;
    // Those whose commit was under way.
    expect(left).toBeLessThanOrEqual(availableParallelism());
  });
});

describe('callers who left while a secret that they sent waited to be compared', () => {
  it('cost no comparison', async () => {
    await using database = await SQLITE.open();
    await using host = await startInProcess(database, { imports: [HasherModule], secretHasher: HASHER });
    const body = { ...CHOSEN, client_name: 'a' };
    const { id } = await host.clients.create(body);
    hasher.hold();
    hasher.compared = 0;
    const leave = new AbortController();
    const { hashing } = host.secrets;
    const callers = Array.from({ length: 20 * availableParallelism() }, () =>
      host.clients.replace(id, { ...body, client_name: 'b' }, { signal: leave.signal }),
    );
    const settled = Promise.allSettled(callers);
    await eventually(() => hashing.waiting === callers.length - availableParallelism());
    leave.abort(new Error('gone'));
    hasher.release();
    expect((await settled).map(({ status }) => status)).toEqual(callers.map(() => 'rejected'));
    expect(hasher.compared).toBe(availableParallelism());
    expect((await host.clients.get(id)).client.client_name).toBe('a');
  });
});

describe('callers who left while their changes waited for the database', () => {
  it.each(MAKINGS)('leave no %s behind, on PostgreSQL', async (_, making) => {
    await using database = await POSTGRES.open();
    const environment = {
      SECRETS_KEY,
      DATABASE_POOL_SIZE: '3',
      DATABASE_LOCK_TIMEOUT: '60000',
      DATABASE_STATEMENT_TIMEOUT: '60000',
    };
    await using service = await startStandalone({ database, environment });
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query(`BEGIN; LOCK TABLE ${making.table} IN EXCLUSIVE MODE`);
    const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    const isStuck = async () => {
      await other.query('SELECT pg_stat_clear_snapshot()');
      return (await other.query(waiting)).rowCount === 1;
    };
    expect(await leaving(service, making, isStuck)).toBe(0);
    await other.query('COMMIT');
    await other.end();
    // The last to ask is the last to be served.
    expect((await post(service.url + making.path, making.body)).status).toBe(201);
    // The one whose statement was under way.
    expect(await rowsOf(service, making)).toBeLessThanOrEqual(2);
  });

  it.each(MAKINGS)('leave no %s behind, on SQLite', async (_, making) => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: { SECRETS_KEY } });
    await using writer = holdWriter(service);
    expect(await leaving(service, making, () => writer.waiting() === CALLERS)).toBe(0);
    await writer.release();
    expect((await post(service.url + making.path, making.body)).status).toBe(201);
    expect(await rowsOf(service, making)).toBe(1);
  });

  it('change, rotate, send again and remove no webhook, and revoke no key and no token', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: { SECRETS_KEY } });
    const make = async ({ path, body }: Making) => {
      const { body: made } = await post(service.url + path, body);
      return `${service.url}${path}/${String(made['id'])}`;
    };
    const [key, token, webhook] = [await make(KEYS), await make(TOKENS), await make(WEBHOOKS)];
    const before = (await request(webhook)).text;
    const open = openRequestsOf(service);
    await using writer = holdWriter(service);
    const leave = new AbortController();
    const calls: [url: string, method: string, body?: object][] = [
      [webhook, 'PUT', { url: 'https://other.example/' }],
      [`${webhook}/rotate`, 'POST'],
      [`${webhook}/replay`, 'POST', { position: 1 }],
      [webhook, 'DELETE'],
      [key, 'DELETE'],
      [token, 'DELETE'],
    ];
    const settled = Promise.allSettled(
      calls.map(([url, method, body]) => request(url, { method, body, signal: leave.signal })),
    );
    await eventually(() => writer.waiting() === calls.length);
    leave.abort();
    expect((await settled).map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    await eventually(() => open() === 0);
    await writer.release();
    await make(KEYS);
    expect((await request(webhook)).text).toBe(before);
    for (const one of [key, token]) expect((await request(one)).status).toBe(200);
  });
});

describe('more work than can wait', () => {
  it('is 503 at once, for secrets that must be hashed', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database });
    const most = 101 * availableParallelism();
    const clients = service.get(ClientsService);
    const creates = await Promise.allSettled(Array.from({ length: most + 10 }, () => clients.create(CHOSEN)));
    const refused = creates.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as OAuthError).getStatus()] : [],
    );
    expect(refused).toEqual(Array(10).fill(503));
  });

  it('is 503 at once, for connections to PostgreSQL', async () => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({
      database,
      environment: { DATABASE_POOL_SIZE: '1', DATABASE_CONNECT_TIMEOUT: '60000' },
    });
    const { pool } = service.get(PreparedDatabase) as unknown as { pool: Pool };
    const held = await pool.connect();
    const prepared = service.get(PreparedDatabase);
    const waiting = Array.from({ length: 10_000 }, () =>
      prepared.row({ name: 'one', text: 'SELECT 1 AS one', values: [] }),
    );
    const done = Promise.all(waiting);
    while (pool.waitingCount < 10_000) await new Promise(setImmediate);
    const refused = prepared
      .row({ text: 'SELECT 1 AS one', values: [] })
      .catch((error: OAuthError) => error.getStatus());
    expect(await refused).toBe(503);
    await expect(postClient(service.url, {})).resolves.toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    held.release();
    expect(new Set((await done).map((row) => (row as { one: number }).one))).toEqual(new Set([1]));
  });
});
