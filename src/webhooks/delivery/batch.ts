import type { SealedChange } from '../../journal/chain/seal.js';
import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import { eventTypeOf } from './event.js';
import type { Results, Task } from './results.js';

/** What was read for one round of a webhook. */
export interface Batch {
  webhook: StoredWebhook;
  /** Clients of which changes wait. */
  waiting: ReadonlySet<string>;
  /** Late deliveries whose time has come, of each client at most one. */
  due: readonly StoredDelivery[];
  /** Their changes, by position. */
  changes: ReadonlyMap<number, SealedChange>;
  /** Changes behind the cursor. */
  fresh: readonly SealedChange[];
}

/**
 * Sorts a batch into lanes, one for each client, whose tasks are done one after the other. What needs no attempt goes into the results
 * directly.
 */
export function lanesOf({ webhook, waiting, due, changes, fresh }: Batch, results: Results): Task[][] {
  const lanes = new Map<string, Task[]>();
  for (const late of due) {
    const change = changes.get(late.position);
    const type = change && eventTypeOf(change, webhook);
    if (!change) results.park(late, 'The journal no longer has this change.');
    // The webhook was changed since, and does not ask for it any longer.
    else if (type === undefined) results.done.push(late.position);
    else lanes.set(late.clientId, [{ change, type, late }]);
  }
  for (const change of fresh) {
    const type = eventTypeOf(change, webhook);
    if (type === undefined) continue;
    const { clientId } = change;
    if (waiting.has(clientId)) results.queue({ change, type });
    else lanes.set(clientId, [...(lanes.get(clientId) ?? []), { change, type }]);
  }
  return [...lanes.values()];
}
