import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ClientsService } from '../src/index.js';
import { Audit } from '../src/journal/chain/audit.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { readConfig } from '../src/standalone/config/config.js';
import { Dispatcher } from '../src/webhooks/delivery/dispatcher.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { changesIn, versionsIn, type Change } from './support/changes.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { post, request } from './support/http.js';
import { keptLog } from './support/log.js';
import { AN_HOUR, boundary, pruneBefore } from './support/pruning.js';
import { startReceiver, type Receiver } from './support/receiver.js';
import { use, useService } from './support/use.js';

const MERGE = 'application/merge-patch+json';

async function rename(service: RunningApp, id: string, ...names: string[]): Promise<void> {
  for (const client_name of names) await service.get(ClientsService).patch(id, { client_name }, MERGE);
}

/** Positions that the journal has. */
async function positions({ dataSource }: RunningApp): Promise<number[]> {
  const rows = await dataSource.query<{ position: number | string }[]>(
    'SELECT position FROM oauth2_client_change ORDER BY position',
  );
  return rows.map(({ position }) => Number(position));
}

describe.each(DATABASES)('changes that are older than the journal is kept, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { environment: AN_HOUR });
  const at = (path: string) => request(`${service.url}/admin/clients/${path}`);
  let before = 0;
  let asOf: string[] = [];
  const states = async () =>
    Promise.all(
      ['one', 'two', 'again'].map(async (id) => (await at(`${id}?as_of=${new Date(before).toISOString()}`)).text),
    );

  beforeAll(async () => {
    const clients = service.get(ClientsService);
    await clients.create({ client_id: 'one' });
    await rename(service, 'one', 'a');
    for (const id of ['two', 'gone']) await clients.create({ client_id: id });
    await clients.remove('gone');
    await rename(service, 'one', 'b');
    await clients.create({ client_id: 'again' });
    await clients.remove('again');
    await clients.create({ client_id: 'again' });
    await rename(service, 'one', 'c');
    await service.get(Sealer).seal();
    before = await boundary();
    await rename(service, 'one', 'd');
    await rename(service, 'two', 'e');
    await service.get(Sealer).seal();
    asOf = await states();
    await pruneBefore(before, service);
  });

  it('go when they are superseded or of a removed client; each state since then stays, and what is left is sound', async () => {
    expect(await positions(service)).toEqual([3, 9, 10, 11, 12]);
    expect(await states()).toEqual(asOf);
    expect(await service.get(Audit).verify()).toMatchObject({ position: 12, pruned: 7 });
    expect((await service.get(Audit).verify()).fault).toBeUndefined();
  });

  it('are no longer found, by any filter', async () => {
    const list = async (query: string) =>
      changesIn(await request(`${service.url}/admin/changes?${query}`)).map(({ position }) => position);
    expect(await list('')).toEqual([3, 9, 10, 11, 12]);
    expect(await list('client_id=one')).toEqual([10, 11]);
    expect(await list('kind=client.created&sort=-position')).toEqual([9, 3]);
    expect(await list('kind=client.deleted')).toEqual([]);
    const [left] = await service.dataSource.query<{ count: number | string }[]>(
      'SELECT count(*) AS count FROM oauth2_client_change_term WHERE position NOT IN (SELECT position FROM oauth2_client_change)',
    );
    expect(Number(left?.count)).toBe(0);
  });

  it('are unknown to the history: 404, with a sentence that says why', async () => {
    expect(versionsIn(await at('one/history'))).toEqual([5, 4]);
    const sentence = 'or the journal no longer has it';
    for (const path of ['one/changes/3', 'one?as_of=3', 'one?as_of=2020-01-01T00:00:00Z'])
      expect([path, await at(path)]).toEqual([
        path,
        expect.objectContaining({
          status: 404,
          body: expect.objectContaining({ error_description: expect.stringContaining(sentence) }),
        }),
      ]);
    expect((await post(`${service.url}/admin/clients/one/revert`, { version: 3 })).status).toBe(404);
    expect((await at('gone/history')).status).toBe(404);
    // The first one that is known has no patch, the others have one, across the end of the time as well.
    const detail = async (version: number) => (await at(`one/changes/${version}`)).body as unknown as Change;
    expect((await detail(4)).patch).toBeNull();
    expect((await detail(5)).patch).toEqual([{ op: 'replace', path: '/client_name', value: 'd' }, expect.anything()]);
  });

  it('leave the client as it is: it is changed, reverted to what is known, and restored', async () => {
    expect((await post(`${service.url}/admin/clients/one/revert`, { version: 4 })).body['client_name']).toBe('c');
    expect((await post(`${service.url}/admin/clients/gone/restore`)).status).toBe(200);
    expect(versionsIn(await at('gone/history'))).toEqual([3]);
    await rename(service, 'again', 'f');
    // No second baseline: the client is known since before.
    expect(versionsIn(await at('again/history'))).toEqual([2, 1]);
    await service.get(Sealer).seal();
    expect(await positions(service)).toEqual([3, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('go again later, until only the last state of each client is left, also when the last change of all is a removal', async () => {
    await service.get(ClientsService).remove('one');
    await service.get(Sealer).seal();
    await pruneBefore(await boundary(), service);
    expect(await positions(service)).toEqual([12, 14, 15]);
    const gaps = await service.dataSource.query<Record<string, number | string>[]>(
      'SELECT first, last FROM oauth2_client_journal_gap ORDER BY last',
    );
    expect(gaps.map(({ first, last }) => [Number(first), Number(last)])).toEqual([
      [1, 11],
      [13, 13],
      [16, 16],
    ]);
    const verdict = await service.get(Audit).verify();
    expect(verdict).toMatchObject({ position: 16, pruned: 13 });
    // The head that was noted is that of a change that is gone.
    expect(await service.get(Audit).verify(verdict.seal)).toEqual(verdict);
    await pruneBefore(await boundary(), service);
    expect(await service.get(Audit).verify()).toEqual(verdict);
  });
});

describe.each(DATABASES)('a change that a webhook has not delivered, on $database,', ({ open }) => {
  const log = keptLog();
  const both = use(async (keep) => {
    const receiver: Receiver = await keep(startReceiver());
    const database = await keep(open());
    const outbound = { certificateAuthorities: receiver.certificate, allowedHosts: ['localhost'] };
    const environment = { ...AN_HOUR, SECRETS_KEY: 's'.repeat(32) };
    const service = await keep(startStandalone({ database, environment, webhooks: { outbound }, logger: log.logger }));
    return { receiver, service };
  });
  const lease = (holder: string) =>
    both.service.dataSource.query(
      `UPDATE oauth2_client_webhook_lease SET holder = '${holder}', renewals = renewals + 1`,
    );
  const prune = async () => pruneBefore(await boundary(), both.service);
  const isLeft = async (...wanted: number[]) => expect(await positions(both.service)).toEqual(wanted);
  let id = '';

  it('is kept, with all that came after it, until it is delivered', async () => {
    const { service, receiver } = both;
    await service.get(ClientsService).create({ client_id: 'held' });
    await service.get(Sealer).seal();
    // Before there is a webhook: the dispatcher would take the lease.
    await lease('another');
    const made = await post(`${service.url}/admin/webhooks`, { url: receiver.url });
    id = String(made.body['id']);
    await rename(service, 'held', 'a', 'b');
    await service.get(Sealer).seal();
    await prune();
    await isLeft(1, 2, 3);
    expect(log.text()).toContain('Changes behind position 1 are kept although their time is over: a webhook');
    await lease('');
    await service.get(Dispatcher).settled();
    expect(receiver.received.map(({ event }) => event.data.version)).toEqual([2, 3]);
    await prune();
    await isLeft(3);
  });

  it('is not kept for a notice that is late, which is not in the journal', async () => {
    const { service, receiver } = both;
    await service.dataSource.query(
      `INSERT INTO oauth2_client_webhook_delivery (webhook_id, position, client_id, change_id, state, since, attempts, attempted_at, next_at, status, problem)
       VALUES ('${id}', -1, 'held', 'x', 'waiting', '2020-01-01T00:00:00.000Z', 1, '', '9999-01-01T00:00:00.000Z', NULL, '')`,
    );
    await rename(service, 'held', 'b2');
    await service.get(Sealer).seal();
    await service.get(Dispatcher).settled();
    expect(receiver.received).toHaveLength(3);
    await prune();
    await isLeft(4);
    await service.dataSource.query('DELETE FROM oauth2_client_webhook_delivery');
  });

  it('is kept while it waits for another attempt, and no longer when the webhook is disabled', async () => {
    const { service, receiver } = both;
    receiver.answers = () => 500;
    await rename(service, 'held', 'c', 'd');
    await service.get(Sealer).seal();
    await service.get(Dispatcher).settled();
    const listed = await request(`${service.url}/admin/webhooks/${id}/deliveries`);
    expect(listed.body).toMatchObject([{ position: 5 }, { position: 6 }]);
    await prune();
    await isLeft(4, 5, 6);
    const disabled = { url: receiver.url, disabled: true };
    const answer = await request(`${service.url}/admin/webhooks/${id}`, { method: 'PUT', body: disabled });
    expect(answer.status).toBe(200);
    await prune();
    await isLeft(6);
    // Nor does its cursor count, which stands still from now on.
    await rename(service, 'held', 'e', 'f');
    await service.get(Sealer).seal();
    await prune();
    await isLeft(8);
  });
});

describe('JOURNAL_RETENTION', () => {
  it.each(['0', '59m', '1y', '-1h', '8760'])('is refused as %s, with a sentence that says what to set', (value) => {
    expect(() => readConfig({ JOURNAL_RETENTION: value })).toThrow(/JOURNAL_RETENTION must be 1h or more, .* 8760h/);
  });

  it('keeps all changes unless it is set, and prunes by itself when it is', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    try {
      for (const [environment, left] of [
        [{}, [1, 2]],
        [AN_HOUR, [2]],
      ] as const) {
        await using database = await SQLITE.open();
        await using service = await startStandalone({ database, environment });
        await service.get(ClientsService).create({ client_id: 'old' });
        await rename(service, 'old', 'a');
        await service.get(Sealer).seal();
        const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_700_000);
        jest.advanceTimersByTime(60_000);
        // It waits for its turn behind the run that the timer began.
        await pruneBefore(0, service);
        clock.mockRestore();
        expect(await positions(service)).toEqual(left);
      }
    } finally {
      jest.useRealTimers();
    }
  });
});
