import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { startOutside, type OutsideServer } from './tls.js';

/** One message as its receiver got it. */
export interface Received {
  id: string;
  headers: Record<string, string>;
  body: string;
  event: { type: string; timestamp: string; data: { position: number; client_id: string; version: number } & object };
}

/** A receiver of webhooks, reachable as `https://localhost`. */
export interface Receiver extends OutsideServer {
  url: string;
  /** All messages in the order of their arrival, those that were refused included. */
  received: Received[];
  /** What it answers with: 204, unless the test says otherwise; `undefined` for no answer. */
  answers: (message: Received) => number | undefined | Promise<number | undefined>;
}

/** Starts one. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const outside = await startOutside(async (request, response) => {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    const event = JSON.parse(body) as Received['event'];
    const message = { id: headers['webhook-id'] ?? '', headers, body, event };
    received.push(message);
    const status = await receiver.answers(message);
    if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end('x'.repeat(100_000));
  });
  const receiver: Receiver = Object.assign(outside, {
    url: `https://localhost:${outside.port}/hooks`,
    received,
    answers: () => 204,
  });
  return receiver;
}

/** Does a signature of a message fit? The public library of Standard Webhooks judges. */
export function isSigned({ body, headers }: Pick<Received, 'body' | 'headers'>, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
