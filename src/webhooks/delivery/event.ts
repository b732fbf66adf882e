import type { SealedChange } from '../../journal/chain/seal.js';
import type { ChangeKind } from '../../journal/table/change-entry.js';
import { changeText } from '../../journal/table/change-text.js';
import { objectText } from '../../json/json-text.js';
import type { StoredWebhook } from '../table/webhook.statements.js';

/** Not an event: it shows a client from before the journal as it was before the change that follows. */
export const BASELINE = 'client.baseline' satisfies ChangeKind;

/**
 * The type of the event that a change is for a webhook: the first of its kinds that the webhook asks for.
 *
 * @returns `undefined` when the webhook is not told of the change
 */
export function eventTypeOf({ kinds, owner }: SealedChange, webhook: StoredWebhook): string | undefined {
  if (webhook.owner !== '' && webhook.owner !== owner) return undefined;
  const wanted = JSON.parse(webhook.kinds) as string[];
  const all = JSON.parse(kinds) as string[];
  return all.find((kind) => kind !== BASELINE && (wanted.length === 0 || wanted.includes(kind)));
}

/** The body of an event as Standard Webhooks recommends it; `data` is the change as the admin API shows it. */
export function eventText(type: string, change: SealedChange): string {
  return objectText([
    ['type', JSON.stringify(type)],
    ['timestamp', JSON.stringify(change.at)],
    ['data', changeText(change)],
  ]);
}
