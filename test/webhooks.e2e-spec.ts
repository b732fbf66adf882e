import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { Sealer } from '../src/journal/chain/sealer.js';
import { Dispatcher } from '../src/webhooks/delivery/dispatcher.js';
import { EVENT_KINDS } from '../src/webhooks/delivery/news.js';
import type { WebhookView } from '../src/webhooks/webhook.dto.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopDate } from './support/clock.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { request, type Answer, type Call } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { startReceiver } from './support/receiver.js';
import { use, useDatabase } from './support/use.js';

const SECRETS_KEY = 's'.repeat(32);
const ADMIN = as({});
const OF_TEAM_A = as({ owner: 'team-a' });

/** A service whose webhooks reach a receiver on this machine. */
function useWebhooks(open: (typeof SQLITE)['open'], logger: LoggerService | false = false) {
  const outside = use(async (keep) => ({ receiver: await keep(startReceiver()) }));
  const database = useDatabase(open);
  const running = use(async (keep) => {
    const outbound = {
      certificateAuthorities: outside.receiver.certificate,
      allowedHosts: [`localhost:${outside.receiver.port}`],
    };
    const options = {
      database,
      environment: { SECRETS_KEY },
      webhooks: { outbound },
      authenticators: [HONEST],
      logger,
    };
    return { service: await keep(startStandalone(options)) };
  });
  return { outside, running, database };
}

async function deliver(service: RunningApp): Promise<void> {
  await service.get(Sealer).seal();
  await service.get(Dispatcher).settled();
}

describe.each(DATABASES)('webhooks, on $database,', ({ open }) => {
  const { outside, running } = useWebhooks(open);
  const ask = (path: string, call: Call = {}): Promise<Answer> =>
    request(running.service.url + path, { ...call, headers: { ...ADMIN, ...call.headers } });
  const make = (body: object, headers = ADMIN) => ask('/admin/webhooks', { method: 'POST', body, headers });
  const create = (client_id: string, owner: string) =>
    ask('/admin/clients', { method: 'POST', body: { client_id, owner } });
  afterEach(() => void jest.useRealTimers());

  it('are kept: made, listed, replaced and removed; a webhook may be sent as it was read', async () => {
    const { url } = outside.receiver;
    const made = await make({ url, kinds: ['client.created'], owner: 'team-x' }, as({ id: 'op', name: 'Operator' }));
    const { signing_secret: secret, ...shown } = made.body;
    expect([made.status, secret]).toEqual([201, expect.stringMatching(/^whsec_[A-Za-z\d+/]{43}=$/)]);
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      url,
      kinds: ['client.created'],
      owner: 'team-x',
      disabled: false,
      reason: null,
      position: expect.any(Number),
      created_at: time,
      updated_at: time,
      created_by: { type: 'host', id: 'op', name: 'Operator' },
    });
    const place = `/admin/webhooks/${String(shown['id'])}`;
    expect((await ask(place)).body).toEqual(shown);
    expect(JSON.parse((await ask('/admin/webhooks')).text)).toEqual([shown]);
    const strict = { prefer: 'handling=strict' };
    const same = await ask(place, { method: 'PUT', body: shown, headers: strict });
    expect(same.body).toEqual({ ...shown, updated_at: time });
    const off = await ask(place, { method: 'PUT', body: { url, disabled: true } });
    expect(off.body).toMatchObject({ kinds: [], owner: '', disabled: true, reason: 'It was disabled by a request.' });
    expect((await ask(place, { method: 'DELETE' })).status).toBe(204);
    for (const method of ['GET', 'PUT', 'DELETE']) expect((await ask(place, { method })).status).toBe(404);
    expect((await ask('/admin/webhooks')).text).toBe('[]');
  });

  const NOT_PUBLIC = 'url cannot be used: its host has no public address.';
  it.each([
    ['no URL', { url: '' }, '/url', 'url must be set.'],
    ['plain http', { url: 'http://receiver.example.com/' }, '/url', 'url must be an absolute https URL with a host.'],
    ['no host', { url: 'https://' }, '/url', 'url must be an absolute https URL with a host.'],
    ['a password', { url: 'https://me:pw@receiver.example.com/' }, '/url', 'url must not contain user information.'],
    ['a fragment', { url: 'https://receiver.example.com/#top' }, '/url', 'url must not contain a fragment (#).'],
    [
      'a long URL',
      { url: `https://a.example/${'x'.repeat(2048)}` },
      '/url',
      'url must not be longer than 2048 characters.',
    ],
    ['a URL that is a number', { url: 5 }, '/url', 'url must be a string.'],
    ['127.0.0.1', { url: 'https://127.0.0.1/' }, '/url', NOT_PUBLIC],
    ['a private address', { url: 'https://10.0.0.1/' }, '/url', NOT_PUBLIC],
    ['the address of metadata', { url: 'https://169.254.169.254/' }, '/url', NOT_PUBLIC],
    ['IPv6 loopback', { url: 'https://[::1]/' }, '/url', NOT_PUBLIC],
    ['an address as one number', { url: 'https://2130706433/' }, '/url', NOT_PUBLIC],
    [
      'an unknown kind',
      { kinds: ['client.deleted', 'client.renamed'] },
      '/kinds/1',
      `kinds[1] must be one of ${EVENT_KINDS.join(', ')}.`,
    ],
    [
      'a kind that is no event',
      { kinds: ['client.baseline'] },
      '/kinds/0',
      `kinds[0] must be one of ${EVENT_KINDS.join(', ')}.`,
    ],
    ['kinds that are no list', { kinds: 'all' }, '/kinds', 'kinds must be an array of strings.'],
    ['a long owner', { owner: 'o'.repeat(513) }, '/owner', 'owner must not be longer than 512 characters.'],
    ['a text for a flag', { disabled: 'no' }, '/disabled', 'disabled must be true or false.'],
  ])('are refused with %s', async (_, members, pointer, detail) => {
    const { status, body } = await make({ url: 'https://receiver.example.com/', ...members });
    const error = { error: 'invalid_request', error_description: detail, errors: [{ pointer, detail }] };
    expect([status, body]).toEqual([400, error]);
    expect((await ask('/admin/webhooks')).text).toBe('[]');
  });

  it('of a principal with an owner are its own, and are sent nothing of others, whatever it tries', async () => {
    const { url, received } = outside.receiver;
    for (const [id, owner] of [
      ['a-before', 'team-a'],
      ['b-before', 'team-b'],
      ['n-before', ''],
    ])
      await create(String(id), String(owner));
    await running.service.get(Sealer).seal();
    const others = [await make({ url, owner: 'team-b', disabled: true }), await make({ url, disabled: true })];
    expect((await make({ url, owner: 'team-b' }, OF_TEAM_A)).status).toBe(403);
    const mine = await make({ url }, OF_TEAM_A);
    expect(mine.body).toMatchObject({ owner: 'team-a' });
    const place = `/admin/webhooks/${String(mine.body['id'])}`;
    const list = JSON.parse((await ask('/admin/webhooks', { headers: OF_TEAM_A })).text) as WebhookView[];
    expect(list.map(({ id }) => id)).toEqual([mine.body['id']]);
    const put = (body: object) => ask(place, { method: 'PUT', body: { url, ...body }, headers: OF_TEAM_A });
    expect((await put({ owner: 'team-b' })).status).toBe(403);
    expect((await put({ owner: '' })).body).toMatchObject({ owner: 'team-a' });
    for (const { body } of others) {
      const foreign = `/admin/webhooks/${String(body['id'])}`;
      const before = (await ask(foreign)).text;
      for (const [method, path, sent] of [
        ['GET', '', undefined],
        ['PUT', '', { url }],
        ['DELETE', '', undefined],
        ['GET', '/deliveries', undefined],
        ['POST', '/replay', { position: 1 }],
        ['POST', '/rotate', undefined],
      ] as const) {
        const answer = await ask(foreign + path, { method, body: sent, headers: OF_TEAM_A });
        expect([method, path, answer.status]).toEqual([method, path, 404]);
      }
      expect((await ask(foreign)).text).toBe(before);
    }
    expect((await ask(`${place}/replay`, { method: 'POST', body: { position: 1 }, headers: OF_TEAM_A })).status).toBe(
      200,
    );
    await create('a-after', 'team-a');
    const moved = { headers: { 'content-type': 'application/merge-patch+json' }, method: 'PATCH' };
    expect((await ask('/admin/clients/a-before', { ...moved, body: { owner: 'team-b' } })).status).toBe(200);
    await deliver(running.service);
    expect(received.map(({ event: { data } }) => `${data.client_id} ${data.version}`).toSorted()).toEqual([
      'a-after 1',
      'a-before 1',
    ]);
    expect(received.map(({ body }) => body).join()).not.toMatch(/team-b|n-before/);
    for (const { body } of [...others, mine]) await ask(`/admin/webhooks/${String(body['id'])}`, { method: 'DELETE' });
  });

  it('forget a late change that they no longer ask for', async () => {
    // No retry is due until the test says so.
    stopDate();
    const { receiver } = outside;
    receiver.received.length = 0;
    receiver.answers = () => 500;
    const { body } = await make({ url: receiver.url, owner: 'team-l' });
    const place = `/admin/webhooks/${String(body['id'])}`;
    await create('late', 'team-l');
    await deliver(running.service);
    expect(receiver.received).toHaveLength(1);
    await ask(place, { method: 'PUT', body: { url: receiver.url, owner: 'team-m' } });
    await running.service.dataSource.query(`UPDATE oauth2_client_webhook_delivery SET next_at = ''`);
    await deliver(running.service);
    expect(receiver.received).toHaveLength(1);
    expect((await ask(`${place}/deliveries`)).text).toBe('[]');
    receiver.answers = () => 204;
    await ask(place, { method: 'DELETE' });
  });

  it('store their signing secret encrypted, so that it cannot be moved to another webhook', async () => {
    const { url } = outside.receiver;
    const { dataSource } = running.service;
    const [one, two] = [await make({ url }), await make({ url })];
    const rows = await dataSource.query<Record<string, unknown>[]>('SELECT * FROM oauth2_client_webhook');
    for (const { body } of [one, two]) {
      const secret = String(body['signing_secret']);
      expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length, -1));
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret.slice(6), 'base64').toString('base64url'));
    }
    const ids = [one, two].map(({ body }) => String(body['id']));
    await dataSource.query(
      `UPDATE oauth2_client_webhook SET secret = (SELECT secret FROM oauth2_client_webhook WHERE id = '${ids[0]}') WHERE id = '${ids[1]}'`,
    );
    expect((await ask(`/admin/webhooks/${ids[0]}`)).body['reason']).toBe(null);
    expect((await ask(`/admin/webhooks/${ids[1]}`)).body['reason']).toMatch(/^SECRETS_KEY is not the key/);
    for (const id of ids) await ask(`/admin/webhooks/${id}`, { method: 'DELETE' });
  });

  it('are at most a hundred', async () => {
    const { dataSource } = running.service;
    const rows = Array.from({ length: 100 }, (_, at) => `('${at}', '', '[]', '', '', '', '', 0, 'full', '', '', '{}')`);
    const columns =
      'id, url, kinds, owner, secret, former_secret, former_ends_at, position, disabled, created_at, updated_at, created_by';
    await dataSource.query(`INSERT INTO oauth2_client_webhook (${columns}) VALUES ${rows.join()}`);
    const { status, body } = await make({ url: outside.receiver.url });
    expect([status, body['error_description']]).toEqual([
      409,
      'There are 100 webhooks, and no more can be made: remove one.',
    ]);
    await dataSource.query('DELETE FROM oauth2_client_webhook');
  });
});

describe('a webhook', () => {
  const lines: unknown[] = [];
  const note = (message: unknown) => void lines.push(message);
  const logger: LoggerService = { log: note, warn: note, error: note, debug: note, verbose: note };
  const { outside, running, database } = useWebhooks(SQLITE.open, logger);
  const ask = (path: string, call: Call = {}): Promise<Answer> =>
    request(running.service.url + path, { ...call, headers: { ...ADMIN, ...call.headers } });

  it('shows its signing secret in one answer, and nowhere else', async () => {
    const made = await ask('/admin/webhooks', { method: 'POST', body: { url: outside.receiver.url } });
    const place = `/admin/webhooks/${String(made.body['id'])}`;
    const rotated = await ask(`${place}/rotate`, { method: 'POST' });
    outside.receiver.answers = () => 500;
    await ask('/admin/clients', { method: 'POST', body: {} });
    await deliver(running.service);
    const { received } = outside.receiver;
    expect(received).toHaveLength(1);
    const answers = [
      await ask(place),
      await ask('/admin/webhooks'),
      await ask(place, { method: 'PUT', body: { url: outside.receiver.url } }),
      await ask(`${place}/deliveries`),
      await ask(`${place}/replay`, { method: 'POST', body: { position: 1 } }),
      await ask('/admin/webhooks', { method: 'POST', body: { signing_secret: made.body['signing_secret'] } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 400]);
    const said = [answers.map(({ text, headers }) => [text, headers]), lines, received].map((one) =>
      JSON.stringify(one),
    );
    for (const { body } of [made, rotated]) {
      const secret = String(body['signing_secret']);
      expect(secret).toMatch(/^whsec_/);
      for (const text of said) expect(text).not.toContain(secret.slice('whsec_'.length));
    }
    expect(said.join()).not.toContain(SECRETS_KEY);
  });

  it('is never sent to an address that is not public, written behind a name', async () => {
    const [shown] = JSON.parse((await ask('/admin/webhooks')).text) as WebhookView[];
    await ask(`/admin/webhooks/${shown?.id}`, { method: 'DELETE' });
    const before = outside.receiver.connections();
    const made = await ask('/admin/webhooks', { method: 'POST', body: { url: 'https://localhost:1/' } });
    expect(made.status).toBe(201);
    await ask('/admin/clients', { method: 'POST', body: { client_id: 'inside' } });
    await deliver(running.service);
    const { text } = await ask(`/admin/webhooks/${String(made.body['id'])}/deliveries`);
    expect(JSON.parse(text)).toEqual([
      expect.objectContaining({
        client_id: 'inside',
        attempts: 1,
        problem: 'It could not be sent: its host has no public address.',
      }),
    ]);
    expect(outside.receiver.connections()).toBe(before);
  });

  it('is neither made nor served by a process without the key, or with another, which says so', async () => {
    lines.length = 0;
    const { received } = outside.receiver;
    await deliver(running.service);
    const count = received.length;
    await running.service.close();
    for (const [key, log, status] of [
      ['', /^Nothing is sent to \d webhooks: SECRETS_KEY is missing\.$/, 409],
      [
        'o'.repeat(32),
        /^Nothing is sent to webhook [\da-f-]{36}: SECRETS_KEY is not the key of its signing secret\.$/,
        200,
      ],
    ] as const) {
      await using other = await startStandalone({ database, environment: { SECRETS_KEY: key }, logger });
      const [first] = JSON.parse((await request(`${other.url}/admin/webhooks`)).text) as WebhookView[];
      expect(first?.reason).toMatch(
        key === '' ? /^SECRETS_KEY is missing/ : /^SECRETS_KEY is not the key of its signing secret/,
      );
      await request(`${other.url}/admin/clients`, { method: 'POST', body: {} });
      await deliver(other);
      await deliver(other);
      const said = lines.filter((line) => typeof line === 'string' && log.test(line));
      expect(said).toHaveLength(1);
      const rotated = await request(`${other.url}/admin/webhooks/${first?.id}/rotate`, { method: 'POST' });
      expect(rotated.status).toBe(status);
    }
    expect(received).toHaveLength(count);
  });

  it.each([31, 1025])('cannot be had with a key of %i characters', async (length) => {
    await expect(startStandalone({ database, environment: { SECRETS_KEY: 'k'.repeat(length) } })).rejects.toThrow(
      'SECRETS_KEY must be 32 to 1024 characters, chosen at random',
    );
  });
});
