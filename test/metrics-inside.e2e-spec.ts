import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Sealer } from '../src/journal/chain/sealer.js';
import { startStandalone } from './support/app.js';
import { stopIntervals } from './support/clock.js';
import { DATABASES, POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { post, postClient } from './support/http.js';
import { startReceiver } from './support/receiver.js';
import { useService } from './support/use.js';

const AUTHENTICATIONS = 'oauth2_registry_client_authentications_total';
const CHECKS = 'oauth2_registry_secret_checks_total';
const ATTEMPTS = 'oauth2_registry_webhook_attempts_total';
const LATE = 'oauth2_registry_webhook_late_deliveries';
const LATE_AGE = 'oauth2_registry_webhook_late_delivery_age_seconds';
const UNSEALED = 'oauth2_registry_journal_unsealed_changes';
const UNSEALED_AGE = 'oauth2_registry_journal_unsealed_age_seconds';
const UP = 'oauth2_registry_database_up';
const CONNECTIONS = 'oauth2_registry_database_connections';

describe.each(DATABASES)('the metrics of a service on $database', ({ open, isPostgres }) => {
  const service = useService(startStandalone, open);

  const authenticate = (form: Record<string, string>, source?: string) =>
    post(`${service.url}/admin/clients/authenticate`, { form, ...(source !== undefined && { source }) });

  it('count authentications by method and outcome, and the checks of secrets by what they cost', async () => {
    const before = await metricsOf(service.url);
    const chosen = { client_id: 'chosen', client_secret: 'a secret that somebody chose' };
    await postClient(service.url, { ...chosen, token_endpoint_auth_method: 'client_secret_post' });
    await postClient(service.url, { client_id: 'public', token_endpoint_auth_method: 'none' });
    const { body } = await postClient(service.url, {
      client_id: 'generated',
      token_endpoint_auth_method: 'client_secret_post',
    });
    const generated = { client_id: 'generated', client_secret: String(body['client_secret']) };
    for (const form of [chosen, chosen, generated, { client_id: 'public' }])
      expect((await authenticate(form)).status).toBe(200);
    for (const form of [
      { ...chosen, client_secret: 'a wrong one' },
      { ...generated, client_id: 'nobody' },
    ])
      expect((await authenticate(form)).status).toBe(401);
    let status = 401;
    let wrong = 0;
    for (; status === 401; wrong += 1)
      ({ status } = await authenticate({ ...chosen, client_secret: `wrong ${wrong}` }, '192.0.2.1'));
    expect(status).toBe(429);
    const after = await metricsOf(service.url);
    const grown = (name: string, labels: Record<string, string>) =>
      valueOf(after, name, labels) - valueOf(before, name, labels);
    const byPost = (outcome: string) => grown(AUTHENTICATIONS, { method: 'client_secret_post', outcome });
    expect([byPost('accepted'), byPost('refused'), byPost('limited')]).toEqual([3, 2 + wrong - 1, 1]);
    expect(grown(AUTHENTICATIONS, { method: 'none', outcome: 'accepted' })).toBe(1);
    expect(grown(AUTHENTICATIONS, {})).toBe(6 + wrong);
    expect([
      grown(CHECKS, { by: 'hash', outcome: 'right' }),
      grown(CHECKS, { by: 'memory', outcome: 'right' }),
      grown(CHECKS, { by: 'digest', outcome: 'right' }),
      grown(CHECKS, { by: 'digest', outcome: 'wrong' }),
      grown(CHECKS, { by: 'hash', outcome: 'wrong' }),
      grown(CHECKS, { by: 'hash', outcome: 'limited' }),
    ]).toEqual([1, 1, 1, 1, wrong, 1]);
  });

  it('show how much of the journal has no seal, and since when', async () => {
    await service.get(Sealer).seal();
    expect(valueOf(await metricsOf(service.url), UNSEALED)).toBe(0);
    expect(valueOf(await metricsOf(service.url), UNSEALED_AGE)).toBe(0);
    await service.get(Sealer).beforeApplicationShutdown();
    await postClient(service.url, { client_id: 'unsealed' });
    await service.dataSource.query(
      `UPDATE oauth2_client_change SET at = '${new Date(Date.now() - 3_600_000).toISOString()}' WHERE client_id = 'unsealed'`,
    );
    await postClient(service.url, { client_id: 'unsealed-too' });
    const series = await metricsOf(service.url);
    expect(valueOf(series, UNSEALED)).toBe(2);
    expect(valueOf(series, UNSEALED_AGE)).toBeGreaterThanOrEqual(3600);
    expect(valueOf(series, UNSEALED_AGE)).toBeLessThan(7200);
    await service.get(Sealer).seal();
    expect(valueOf(await metricsOf(service.url), UP)).toBe(1);
  });

  it('show whether the database answers, and the connections to it, if there are several', async () => {
    const series = await metricsOf(service.url);
    expect(valueOf(series, UP)).toBe(1);
    const states = series.filter(({ name }) => name === CONNECTIONS).map(({ labels }) => labels['state']);
    expect(states).toEqual(isPostgres ? ['used', 'idle', 'waiting'] : []);
    if (isPostgres) expect(valueOf(series, CONNECTIONS)).toBeGreaterThan(0);
  });
});

describe.each(DATABASES)('the metrics of webhooks on $database', ({ open }) => {
  afterEach(() => void jest.useRealTimers());

  it('count attempts by their outcome, and show what is late', async () => {
    // The service does not look for retries.
    stopIntervals();
    await using receiver = await startReceiver();
    await using database = await open();
    const allowedHosts = [`localhost:${receiver.port}`];
    await using service = await startStandalone({
      database,
      environment: { SECRETS_KEY: 's'.repeat(32) },
      webhooks: { outbound: { certificateAuthorities: receiver.certificate, allowedHosts } },
    });
    const before = await metricsOf(service.url);
    receiver.answers = ({ event }) => (event.data.client_id === 'refused' ? 500 : 204);
    expect((await post(`${service.url}/admin/webhooks`, { url: receiver.url })).status).toBe(201);
    await postClient(service.url, { client_id: 'taken' });
    await postClient(service.url, { client_id: 'refused' });
    await eventually(async () => valueOf(await metricsOf(service.url), LATE, { state: 'waiting' }) === 1);
    const after = await metricsOf(service.url);
    const grown = (labels: Record<string, string>) =>
      valueOf(after, ATTEMPTS, labels) - valueOf(before, ATTEMPTS, labels);
    expect(grown({ outcome: 'delivered' })).toBe(1);
    expect(grown({ outcome: 'refused' })).toBe(1);
    expect(valueOf(after, LATE, { state: 'parked' })).toBe(0);
    expect(valueOf(after, LATE_AGE, { state: 'waiting' })).toBeGreaterThan(0);
  });
});

it('while the database does not answer, the metrics say so, and nothing old', async () => {
  await using database = await POSTGRES.open();
  await using service = await startStandalone({ database, environment: { METRICS: 'open' } });
  expect(valueOf(await metricsOf(service.url), UP)).toBe(1);
  await database.drop();
  const series = await metricsOf(service.url);
  expect([valueOf(series, UP), valueOf(series, UNSEALED)]).toEqual([0, Number.NaN]);
  expect(series.some(({ name }) => name === LATE)).toBe(false);
});
