import { describe, expect, it, jest } from '@jest/globals';
import Libsql from 'libsql';
import pg from 'pg';
import { ClientEvents } from '../src/clients/writing/client-events.js';
import { ClientsService, type ClientEvent } from '../src/index.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { startStandalone } from './support/app.js';
import { DATABASES, POSTGRES, SQLITE } from './support/databases.js';
import { getClient, postClient, request, type Answer } from './support/http.js';
import { add, replace, test } from './support/json-patch.js';
import { spyOnReads } from './support/reads.js';

const WRITERS = 20;

function patch(url: string, id: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  return request(`${url}/admin/clients/${id}`, { method: 'PATCH', body, ...(signal && { signal }) });
}

describe.each(DATABASES)('changes of one client by one process, on $database', ({ open }) => {
  it('lose no race among themselves, and read the client once', async () => {
    await using database = await open();
    await using service = await startStandalone({ database });
    const { body } = await postClient(service.url, {});
    const id = String(body['client_id']);
    const prepared = service.get(PreparedDatabase);
    const changes = jest.spyOn(prepared, 'change');
    const [, reads] = await spyOnReads(prepared);
    const patched = await Promise.all(
      Array.from({ length: WRITERS }, (_, at) =>
        service.get(ClientsService).patch(id, [add(`/metadata/key${at}`, at)]),
      ),
    );
    expect([changes.mock.calls.length, reads.mock.calls.length]).toEqual([WRITERS, 1]);
    expect(patched.map(({ etag }) => etag.split('.')[1])).toEqual(patched.map((_, at) => String(at + 2)));
    expect(Object.keys((await getClient(service.url, id)).body['metadata'] as object)).toHaveLength(WRITERS);
  });
});

describe('a change that waited for another one', () => {
  it('is refused by what the client is now, not by what the other one left', async () => {
    await using database = await SQLITE.open();
    const file = database.url.slice('sqlite:'.length);
    const events: ClientEvent[] = [];
    /** As another process does, which commits as soon as the first change is written. */
    const publish = (event: ClientEvent) => {
      events.push(event);
      if (event.version !== 2) return;
      using other = Object.assign(new Libsql(file), { [Symbol.dispose]: () => other.close() });
      const document = event.document.replace('"owner":"first"', '"owner":"another"');
      other.prepare('UPDATE oauth2_client SET version = 3, owner = ?, document = ?').run('another', document);
    };
    await using service = await startStandalone({ database });
    jest.spyOn(service.get(ClientEvents), 'publish').mockImplementation(publish);
    const clients = service.get(ClientsService);
    const { id } = await clients.create({});
    const changes = await Promise.allSettled([
      clients.patch(id, [replace('/owner', 'first')]),
      clients.patch(id, [test('/owner', 'another'), replace('/client_name', 'second')]),
      clients.patch(id, [test('/owner', 'first'), replace('/client_name', 'third')]),
    ]);
    expect(changes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((await clients.get(id)).client).toMatchObject({ owner: 'another', client_name: 'second' });
    expect(events.map(({ version }) => version)).toEqual([1, 2, 4]);
  });
});

describe('a client whose row another application has locked', () => {
  it('holds up neither the reads nor the changes of other clients, however many changes of it wait', async () => {
    await using database = await POSTGRES.open();
    // No time-out of the server's ends the wait; of the pool, changes may take three connections.
    const environment = {
      DATABASE_POOL_SIZE: '5',
      DATABASE_LOCK_TIMEOUT: '60000',
      DATABASE_STATEMENT_TIMEOUT: '60000',
    };
    await using service = await startStandalone({ database, environment });
    const [locked, free] = await Promise.all([
      postClient(service.url, { client_id: 'locked' }),
      postClient(service.url, { client_id: 'free' }),
    ]);
    expect([locked.status, free.status]).toEqual([201, 201]);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    try {
      await other.query("BEGIN; SELECT 1 FROM oauth2_client WHERE id = 'locked' FOR UPDATE");
      const leaving = new AbortController();
      const waiting = Array.from({ length: WRITERS }, (_, at) =>
        patch(service.url, 'locked', [add(`/metadata/k${at}`, 1)]),
      );
      const gone = patch(service.url, 'locked', [add('/metadata/gone', 1)], leaving.signal).catch(() => 'gone');
      for (let round = 0; round < 5; round += 1) {
        expect((await getClient(service.url, 'locked')).status).toBe(200);
        expect((await patch(service.url, 'free', [add(`/metadata/k${round}`, 1)])).status).toBe(200);
      }
      leaving.abort();
      expect(await gone).toBe('gone');
      await other.query('COMMIT');
      expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(WRITERS).fill(200));
    } finally {
      await other.end();
    }
    const { body } = await getClient(service.url, 'locked');
    expect(Object.keys(body['metadata'] as object).toSorted()).toEqual(
      Array.from({ length: WRITERS }, (_, at) => `k${at}`).toSorted(),
    );
  });
});
