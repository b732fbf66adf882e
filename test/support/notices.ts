import { expect, jest } from '@jest/globals';
import { Sealer } from '../../src/journal/chain/sealer.js';
import { Dispatcher } from '../../src/webhooks/delivery/dispatcher.js';
import type { DeliveryView, WebhookView } from '../../src/webhooks/webhook.dto.js';
import { startStandalone, type RunningApp } from './app.js';
import { post, request } from './http.js';
import type { Received, Receiver } from './receiver.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const EXPIRING = 'client.secret.expiring';

/** A webhook of the service, and what was made known of it. */
export interface Made extends WebhookView {
  signing_secret: string;
}

/** What a notice tells of. */
export interface Notice {
  kind: string;
  id: string;
  client_id: string;
  name: string | null;
  owner: string;
  expires_at: number;
  within_seconds: number;
}

/** A service that sends webhooks to a receiver. */
export function startTelling(
  database: { url: string },
  { certificate }: Receiver,
  environment: Record<string, string> = {},
): Promise<RunningApp> {
  const outbound = { certificateAuthorities: certificate, allowedHosts: ['localhost'] };
  return startStandalone({
    database,
    environment: { SECRETS_KEY: 'k'.repeat(32), ...environment },
    webhooks: { outbound },
  });
}

/** A webhook that is told of ends, and of what else the body asks for. */
export async function makeWebhook({ url }: RunningApp, receiver: Receiver, body: object = {}): Promise<Made> {
  const answer = await post(`${url}/admin/webhooks`, { url: receiver.url, kinds: [EXPIRING], ...body });
  expect(answer.status).toBe(201);
  return answer.body as unknown as Made;
}

/** A time in seconds since the epoch. */
export const inDays = (days: number) => Math.floor((Date.now() + days * DAY) / 1000);

/** Creates a client whose secret ends in some days. */
export async function createEnding({ url }: RunningApp, id: string, days: number, members = {}): Promise<void> {
  const body = { client_id: id, client_secret_expires_at: inDays(days), ...members };
  expect((await post(`${url}/admin/clients`, body)).status).toBe(201);
}

/** Makes the notices that are due, and tries all that is due. The date must be the test's: two minutes pass. */
export async function deliver(...services: RunningApp[]): Promise<void> {
  jest.setSystemTime(Date.now() + 120_000);
  await Promise.all(
    services.map(async (service) => {
      await service.get(Sealer).seal();
      await service.get(Dispatcher).settled();
    }),
  );
}

/** What a webhook has not delivered. */
export async function deliveries({ url }: RunningApp, { id }: Made, query = ''): Promise<DeliveryView[]> {
  const { status, text } = await request(`${url}/admin/webhooks/${id}/deliveries${query}`);
  expect(status).toBe(200);
  return JSON.parse(text) as DeliveryView[];
}

/** The notice of a message. */
export function noticeOf({ event }: Received): Notice {
  expect(event.type).toBe(EXPIRING);
  return event.data as unknown as Notice;
}

/** The notices that arrived, each as `client days`, in an order of their own. */
export function noticesIn({ received }: Receiver): string[] {
  return received
    .map(noticeOf)
    .map(({ client_id: id, within_seconds: within }) => `${id} ${(within * 1000) / DAY}`)
    .toSorted();
}
