import type { SealedChange } from '../../journal/chain/seal.js';
import { CHANGE_KINDS, type ChangeKind } from '../../journal/table/change-entry.js';
import { changeText } from '../../journal/table/change-text.js';
import { objectText } from '../../json/json-text.js';
import type { ToldNotice } from '../notices/notice.statements.js';
import type { StoredWebhook } from '../table/webhook.statements.js';

/** Not an event: it records how a client older than the journal was before the change that follows. */
const BASELINE = 'client.baseline' satisfies ChangeKind;
/** A secret of a client ends soon: a notice, not a change. */
const EXPIRING = 'client.secret.expiring';

/** The kinds of events that a webhook can ask for. */
export const EVENT_KINDS: readonly string[] = [...CHANGE_KINDS.filter((kind) => kind !== BASELINE), EXPIRING];

/** What a webhook can receive: a change, or a notice that a secret ends soon. */
export interface News {
  /** Identifies it; the receiver knows it as `webhook-id`. */
  id: string;
  /** Position of the change in the journal; for a notice, its own position, negated. */
  position: number;
  clientId: string;
  owner: string;
  /** When it happened, in UTC. */
  at: string;
  /** The kinds of the change, or `client.secret.expiring`. */
  kinds: readonly string[];
  /** Returns the `data` of the event, as JSON text. */
  data: () => string;
}

/** Makes news of a change; its data is the change as the admin API shows it. */
export function newsOfChange(change: SealedChange): News {
  const { id, clientId, owner, at, kinds } = change;
  const position = Number(change.position);
  return {
    id,
    position,
    clientId,
    owner,
    at,
    kinds: JSON.parse(kinds) as string[],
    data: () => changeText(change),
  };
}

/** Makes news of a notice; its data is the secret as `GET /admin/expiring` shows it, and how soon it ends. */
export function newsOfNotice({ id, position, clientId, owner, at, ...notice }: ToldNotice): News {
  const { secretId, label, expiresAt, withinSeconds } = notice;
  const data = {
    kind: 'secret',
    id: secretId,
    client_id: clientId,
    name: label,
    owner,
    expires_at: expiresAt,
    within_seconds: withinSeconds,
  };
  return { id, position: -position, clientId, owner, at, kinds: [EXPIRING], data: () => JSON.stringify(data) };
}

/** Whether the position is that of a notice. */
export function isNotice({ position }: Pick<News, 'position'>): boolean {
  return position < 0;
}

/**
 * Returns the type of the event for a webhook: the first of the kinds that the webhook asks for.
 *
 * @returns `undefined` when the webhook does not receive it
 */
export function eventTypeOf({ kinds, owner }: News, webhook: StoredWebhook): string | undefined {
  if (webhook.owner !== '' && webhook.owner !== owner) return undefined;
  const wanted = JSON.parse(webhook.kinds) as string[];
  return kinds.find((kind) => kind !== BASELINE && (wanted.length === 0 || wanted.includes(kind)));
}

/** Returns the body of an event in the form that Standard Webhooks recommends. */
export function eventText(type: string, { at, data }: News): string {
  return objectText([
    ['type', JSON.stringify(type)],
    ['timestamp', JSON.stringify(at)],
    ['data', data()],
  ]);
}
