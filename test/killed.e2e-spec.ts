import { expect, describe, it } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { Audit } from '../src/journal/chain/audit.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { post, postClient, request, tagOf, versionOf } from './support/http.js';
import { startProcess } from './support/process.js';
import { startReceiver, type Receiver } from './support/receiver.js';

/** How often a service is killed. `KILL_ROUNDS=50` asks for more than every run has time for. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 2);
/** Callers that change clients of their own at the same time. */
const WRITERS = 6;
/** How many changes are acknowledged at least before a kill, drawn between these; it comes while others are on their way. */
const FEWEST = 10;
const MOST = 60;

/** A version of a client that an answer said was made. */
interface Acknowledged {
  id: string;
  version: number;
}

/** A row of the journal. */
interface Row extends Acknowledged {
  tag: string;
  kinds: string;
  document: string;
}

/** Creates clients, changes and removes them, one request after the other, until the service is gone. */
async function write(url: string, made: Acknowledged[]): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const created = await postClient(url, { client_name: 'to be killed' });
    const id = String(created.body['client_id']);
    const at = `${url}/admin/clients/${id}`;
    const note = (answer: { headers: Record<string, string> }) => made.push({ id, version: versionOf(tagOf(answer)) });
    note(created);
    for (const name of ['a', 'b'])
      note(
        await request(at, {
          method: 'PATCH',
          headers: { 'content-type': 'application/merge-patch+json' },
          body: { client_name: name },
        }),
      );
    note(await post(`${at}/secrets/rotate`));
    if (turn % 2 === 1) continue;
    const { status } = await request(at, { method: 'DELETE' });
    expect(status).toBe(204);
    made.push({ id, version: 5 });
  }
}

/** Ends the lease of the process that delivers to webhooks, as ten seconds without a sign of life would. */
async function endLease({ url }: TestDatabase): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(url, false)).initialize();
  await dataSource.query(`UPDATE oauth2_client_webhook_lease SET holder = '', renewals = renewals + 1`);
  await dataSource.destroy();
}

/** Starts a service, lets callers write, and kills it in the middle: while it changes clients and delivers to webhooks. */
async function round(
  environment: Record<string, string>,
  receiver: Receiver,
  isFirst: boolean,
): Promise<Acknowledged[]> {
  await using service = await startProcess(environment);
  if (isFirst) expect((await post(`${service.url}/admin/webhooks`, { url: receiver.url })).status).toBe(201);
  const { length: arrived } = receiver.received;
  const made: Acknowledged[] = [];
  const writers = Array.from({ length: WRITERS }, () => write(service.url, made));
  // None of them ends but by the end of its connection.
  const gone = Promise.allSettled(writers);
  const enough = FEWEST + Math.random() * (MOST - FEWEST);
  // A writer ends before the kill only by a failure, which is then the test's.
  const isEnough = () => made.length >= enough && receiver.received.length > arrived;
  await Promise.race([eventually(isEnough), Promise.all(writers)]);
  await service.end('SIGKILL');
  for (const result of await gone)
    expect((result as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringMatching(/fetch failed|terminated/),
    });
  expect(service.output()).toBe('');
  return made;
}

/** The versions of each life of each client, in the order of their rows. */
function livesOf(rows: readonly Row[]): Map<string, Row[]> {
  const lives = new Map<string, Row[]>();
  for (const row of rows) {
    const life = `${row.id} ${row.tag}`;
    lives.set(life, [...(lives.get(life) ?? []), row]);
  }
  return lives;
}

/** Compares what was acknowledged, the clients, their journal and its chain. */
async function judge({ dataSource, get }: RunningApp, made: readonly Acknowledged[]): Promise<number> {
  const rows = await dataSource.query<Row[]>(
    'SELECT client_id AS id, tag, version, kinds, document FROM oauth2_client_change ORDER BY seq',
  );
  const known = new Set(rows.map(({ id, version }) => `${id} ${version}`));
  expect(made.filter(({ id, version }) => !known.has(`${id} ${version}`))).toEqual([]);
  const living = await dataSource.query<Row[]>('SELECT id, tag, version, document FROM oauth2_client');
  const lives = livesOf(rows);
  for (const life of lives.values()) expect(life.map(({ version }) => version)).toEqual(life.map((_, at) => at + 1));
  const lasts = [...lives.values()].flatMap((life) => life.slice(-1));
  const stateOf = ({ id, tag, version, document }: Row) => ({ id, tag, version, document });
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  expect(
    lasts
      .filter(({ kinds }) => !kinds.includes('client.deleted'))
      .map(stateOf)
      .toSorted(byId),
  ).toEqual(living.map(stateOf).toSorted(byId));
  const verdict = await get(Audit).verify();
  expect(verdict.fault).toBeUndefined();
  return rows.length;
}

/** Every change arrives, and those of a client for the first time in their order. */
async function judgeMessages({ received }: Receiver, changes: number): Promise<void> {
  const arrived = () => new Set(received.map(({ event }) => event.data.position));
  // However many they are: as long as more arrive.
  while (arrived().size < changes) {
    const { size } = arrived();
    await eventually(() => arrived().size > size);
  }
  expect([...arrived()].toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: changes }, (_, at) => at + 1),
  );
  const latest = new Map<string, number>();
  const seen = new Set<number>();
  for (const { event } of received) {
    const { client_id: id, position } = event.data;
    if (seen.has(position)) continue;
    seen.add(position);
    expect(position).toBeGreaterThan(latest.get(id) ?? 0);
    latest.set(id, position);
  }
}

describe.each(DATABASES)('a service that is killed while clients are changed, on $database', ({ open }) => {
  it(
    'leaves a row of the journal for every acknowledged change, none without its change, a sound chain, and webhooks that miss nothing',
    async () => {
      await using database = await open();
      await using receiver = await startReceiver();
      const trusted = join(tmpdir(), `killed-${receiver.port}.pem`);
      writeFileSync(trusted, receiver.certificate);
      const environment = { SECRETS_KEY: 's'.repeat(32), WEBHOOK_ALLOWED_HOSTS: 'localhost' };
      const all = {
        ...environment,
        DATABASE_URL: database.url,
        DATABASE_MIGRATE: 'true',
        NODE_EXTRA_CA_CERTS: trusted,
      };
      const made: Acknowledged[] = [];
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        made.push(...(await round(all, receiver, turn === 0)));
        await endLease(database);
      }
      rmSync(trusted);
      expect(made.length).toBeGreaterThanOrEqual(ROUNDS * FEWEST);
      const outbound = { certificateAuthorities: receiver.certificate, allowedHosts: ['localhost'] };
      await using app = await startStandalone({ database, environment, webhooks: { outbound } });
      await judgeMessages(receiver, await judge(app, made));
    },
    60_000 + ROUNDS * 20_000,
  );
});
