import { createHmac, randomBytes } from 'node:crypto';

/** Prefix of signing secrets in Standard Webhooks. */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** Returns a new signing secret: `whsec_` and 256 random bits in Base64. */
export function newSigningSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** A message; its signature covers all members. */
export interface Message {
  id: string;
  /** When it is sent, in seconds since the epoch. */
  timestamp: number;
  body: string;
}

/**
 * Returns the headers of a message in Standard Webhooks 1.0: its id, its time, and one HMAC-SHA256 for each secret.
 *
 * @param secrets secrets made by {@link newSigningSecret}
 */
export function signedHeaders({ id, timestamp, body }: Message, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
