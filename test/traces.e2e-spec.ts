import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { guardedFetch } from '../src/http/outbound/guarded-fetch.js';
import { ClientsService } from '../src/index.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { tracerInUse } from '../src/telemetry/spans.js';
import { EACH_WAY, startStandalone } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { getClient, post, postClient, request } from './support/http.js';
import { startReceiver } from './support/receiver.js';
import { endedSpans, instrumented, named, placeOf, said, spansOf, startSdk } from './support/spans.js';
import { startProcess } from './support/process.js';
import { useService } from './support/use.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${CALLER}-01`;

let tracerBefore: unknown;

beforeAll(() => {
  tracerBefore = tracerInUse();
  startSdk();
});

it('without an SDK nothing makes spans', () => expect(tracerBefore).toBeUndefined());

/** A time of a span, in milliseconds. */
function timeOf([seconds, nanoseconds]: [number, number]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

describe.each(DATABASES)('the traces of a service on $database', ({ open, isPostgres }) => {
  const service = useService(startStandalone, open);
  const system = isPostgres ? 'postgresql' : 'sqlite';

  it('go on with the trace of the caller, and say of a request and of its statement what is no secret', async () => {
    await postClient(service.url, { client_id: 'traced' });
    const headers = { traceparent, 'x-request-id': 'the-request', 'x-else': 'not to be told' };
    const spans = await spansOf(() => request(`${service.url}/admin/clients/traced?as=is`, { headers }));
    const server = spans.find(({ kind }) => kind === SpanKind.SERVER);
    const [statement, ...others] = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(placeOf(server)).toEqual({ trace: TRACE, parent: CALLER });
    expect(server?.name).toBe('GET /admin/clients/:id');
    expect(server?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/admin/clients/:id',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
      'oauth2_registry.request_id': 'the-request',
    });
    expect(server?.status.code).toBe(SpanStatusCode.UNSET);
    expect(others).toEqual([]);
    expect(placeOf(statement)).toEqual({ trace: TRACE, parent: server?.spanContext().spanId });
    expect(statement?.name).toBe('find');
    expect(statement?.attributes).toEqual({ 'db.system.name': system, 'db.query.summary': 'find' });
  });

  it('have no secret, no id and no hash, but show when a secret is hashed and compared', async () => {
    const secret = 'a secret that somebody chose';
    const form = { client_id: 'hashed', client_secret: secret };
    const spans = await spansOf(async () => {
      await postClient(service.url, { ...form, token_endpoint_auth_method: 'client_secret_post' });
      for (const one of [form, { ...form, client_secret: 'a wrong one' }])
        await post(`${service.url}/admin/clients/authenticate`, { form: one });
    });
    expect(named(spans, SpanKind.INTERNAL)).toEqual(['hash secret', 'compare secret', 'compare secret']);
    const servers = new Set(
      spans.filter(({ kind }) => kind === SpanKind.SERVER).map((span) => span.spanContext().spanId),
    );
    for (const { kind, parentSpanContext } of spans)
      expect(kind === SpanKind.SERVER || servers.has(parentSpanContext?.spanId ?? '')).toBe(true);
    for (const word of ['chose', 'wrong', 'hashed', '$2']) expect(said(spans)).not.toContain(word);
  });

  it.each(['find', 'insert_0'])('link the statement %s that several callers share with each of them', async (label) => {
    const clients = service.get(ClientsService);
    const ids = ['first', 'second', 'third'].map((name) => `${name}-${label}`);
    for (const client_id of ids) await clients.create({ client_id });
    const work = (id: string) => (label === 'find' ? clients.get(id) : clients.create({}));
    const within = (id: string) =>
      trace.getTracer('host').startActiveSpan('caller', (span) => work(id).finally(() => span.end()));
    const spans = await spansOf(() => Promise.all(ids.map(within)));
    const callers = spans.filter(({ name }) => name === 'caller').map((span) => span.spanContext().spanId);
    const statements = spans.filter(({ name }) => name === label);
    expect(statements).toHaveLength(isPostgres ? 1 : 3);
    const served = statements.flatMap(({ parentSpanContext, links }) => [
      String(parentSpanContext?.spanId),
      ...links.map((link) => link.context.spanId),
    ]);
    expect(served.toSorted()).toEqual(callers.toSorted());
  });

  it('show what failed, by codes: the message of a database may quote values', async () => {
    const rename = (from: string, to: string) => service.dataSource.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('oauth2_client_tombstone', 'elsewhere');
    const spans = await spansOf(() => request(`${service.url}/admin/tombstones?page_size=7`));
    await rename('elsewhere', 'oauth2_client_tombstone');
    const failed = spans.filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ kind, attributes }) => [kind, attributes['error.type']])).toEqual([
      [SpanKind.CLIENT, isPostgres ? '42P01' : 'SQLITE_ERROR'],
      [SpanKind.SERVER, '500'],
    ]);
    expect(failed.map(({ status, events }) => [status.message, events])).toEqual([
      [undefined, []],
      [undefined, []],
    ]);
    const [missing] = await spansOf(() => getClient(service.url, 'nobody'));
    expect(missing?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('have no spans of probes, of Prometheus, nor of what nobody asked for', async () => {
    const spans = await spansOf(async () => {
      for (const path of ['/health/alive', '/health/ready', '/metrics']) await request(service.url + path);
      await service.get(Sealer).seal();
      await service.get(ClientsService).get('traced');
    });
    expect(named(spans, SpanKind.SERVER)).toEqual([]);
    expect(said(spans)).toBe('[]');
  });

  it('have a trace of its own for each delivery to a webhook, which knows nothing of it', async () => {
    await using receiver = await startReceiver();
    await using database = await open();
    const allowedHosts = [`localhost:${receiver.port}`];
    await using sending = await startStandalone({
      database,
      environment: { SECRETS_KEY: 's'.repeat(32) },
      webhooks: { outbound: { certificateAuthorities: receiver.certificate, allowedHosts } },
    });
    await post(`${sending.url}/admin/webhooks`, { url: `${receiver.url}?token=of-the-receiver` });
    const before = endedSpans().length;
    receiver.answers = ({ event }) => (event.data.client_id === 'refused' ? 500 : 204);
    for (const [at, id] of ['taken', 'refused'].entries()) {
      await postClient(sending.url, { client_id: id });
      await eventually(() => named(endedSpans().slice(before), SpanKind.PRODUCER).length === at + 1);
    }
    const spans = endedSpans().slice(before);
    const sent = spans.filter(({ kind }) => kind === SpanKind.PRODUCER);
    expect(sent.map(({ name, attributes }) => [name, attributes['error.type']].join(' ')).toSorted()).toEqual([
      'send client.created ',
      'send client.created 500',
    ]);
    const calls = spans.filter(({ name }) => name === 'POST');
    expect(calls.map(({ parentSpanContext }) => String(parentSpanContext?.spanId)).toSorted()).toEqual(
      sent.map((span) => span.spanContext().spanId).toSorted(),
    );
    expect(calls[0]?.attributes).toMatchObject({ 'server.address': 'localhost', 'server.port': receiver.port });
    expect(sent.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined]);
    expect(said(spans)).not.toContain('of-the-receiver');
    expect(receiver.received.map(({ headers }) => headers['traceparent'])).toEqual([undefined, undefined]);
    // What a request only sets off, such as the seal of its change, is no part of it.
    const ends = new Map(spans.map((span) => [span.spanContext().spanId, timeOf(span.endTime)]));
    const parts = spans.filter(({ parentSpanContext }) => parentSpanContext);
    const late = parts.filter(
      ({ startTime, parentSpanContext }) => timeOf(startTime) > (ends.get(parentSpanContext?.spanId ?? '') ?? 0),
    );
    expect(late.map(({ name }) => name)).toEqual([]);
  });
});

describe.each(EACH_WAY)('the registry $setting', ({ start, open }) => {
  const service = useService(start, open);

  it('makes no span of a request that has one already, and its statements are parts of that', async () => {
    await postClient(service.url, { client_id: 'traced' });
    const spans = await spansOf(() => instrumented(service.app, () => getClient(service.url, 'traced')));
    const [server, ...others] = spans.filter(({ kind }) => kind === SpanKind.SERVER);
    const statement = spans.find(({ kind }) => kind === SpanKind.CLIENT);
    expect([server?.name, others]).toEqual(['of the host', []]);
    expect([statement?.name, placeOf(statement).parent]).toEqual(['find', server?.spanContext().spanId]);
  });

  it('makes parts of what a host does, and begins nothing for it', async () => {
    const clients = service.get(ClientsService);
    // Nobody has read it yet.
    await clients.create({ client_id: 'of-the-host' });
    const get = () => clients.get('of-the-host');
    const spans = await spansOf(() =>
      trace.getTracer('host').startActiveSpan('work', (work) => get().finally(() => work.end())),
    );
    expect(spans.map(({ name }) => name)).toEqual(['find', 'work']);
    expect(await spansOf(get)).toEqual([]);
  });
});

it('a request to another server asks instrumentations for no span and no header of their own', async () => {
  let wasSuppressed = false;
  const lookup = () => {
    wasSuppressed = isTracingSuppressed(context.active());
    throw new Error('enough');
  };
  const url = new URL('https://elsewhere.example/path?query');
  const outbound = { allowedHosts: ['elsewhere.example'], timeout: 1000, lookup };
  const spans = await spansOf(() => expect(guardedFetch(url, outbound)).rejects.toThrow('no usable answer'));
  expect(wasSuppressed).toBe(true);
  expect(spans.map(({ name, attributes }) => [name, attributes])).toEqual([
    [
      'GET',
      {
        'http.request.method': 'GET',
        'server.address': 'elsewhere.example',
        'server.port': 443,
        'url.scheme': 'https',
        'error.type': 'Error',
      },
    ],
  ]);
});

it('a process into which Node loads an SDK exports its spans', async () => {
  await using database = await SQLITE.open();
  const folder = mkdtempSync(join(tmpdir(), 'spans-'));
  const SPANS = join(folder, 'spans');
  const script = () => ['--import', './test/support/preloaded-sdk.mjs', 'dist/service.js'];
  const environment = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', SPANS };
  await using service = await startProcess(environment, script);
  await request(`${service.url}/admin/clients/nobody`, { headers: { traceparent } });
  await service.end('SIGTERM');
  const lines = readFileSync(SPANS, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  const spans = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(spans.map(({ name, traceId }) => [name, traceId])).toEqual([
    ['find', TRACE],
    ['GET /admin/clients/:id', TRACE],
  ]);
  expect(spans[1]).toMatchObject({ kind: SpanKind.SERVER, parent: CALLER });
  expect(spans[0]).toMatchObject({ kind: SpanKind.CLIENT, parent: spans[1]?.['spanId'] });
});
