import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import type { Cursors } from './delivery.statements.js';
import { eventTypeOf, isNotice, type News } from './news.js';
import type { Results, Task } from './results.js';

/** What was read for one round of a webhook. */
export interface Batch {
  webhook: StoredWebhook;
  /** Clients of which changes wait. */
  waiting: ReadonlySet<string>;
  /** Late deliveries whose time has come, of each client at most one change. */
  due: readonly StoredDelivery[];
  /** What they deliver, by position. */
  known: ReadonlyMap<number, News>;
  /** Changes and notices behind the cursors. */
  fresh: readonly News[];
  /** How far that reaches. */
  read: Cursors;
  /** May there be more behind it? */
  isFull: boolean;
}

/**
 * Sorts a batch into lanes, one for each client, whose tasks are done one after the other. What needs no attempt goes into the results
 * directly.
 */
export function lanesOf({ webhook, waiting, due, known, fresh }: Batch, results: Results): Task[][] {
  const lanes = new Map<string, Task[]>();
  const add = (task: Task) => {
    const { clientId } = task.news;
    lanes.set(clientId, [...(lanes.get(clientId) ?? []), task]);
  };
  for (const late of due) {
    const news = known.get(late.position);
    const type = news && eventTypeOf(news, webhook);
    if (!news && !isNotice(late)) results.park(late, 'The journal no longer has this change.');
    // The secret is gone, or there is a nearer notice; or the webhook was changed since, and does not ask for it any longer.
    else if (!news || type === undefined) results.done.push(late.position);
    else add({ news, type, late });
  }
  for (const news of fresh) {
    const type = eventTypeOf(news, webhook);
    if (type === undefined) continue;
    if (waiting.has(news.clientId)) results.queue({ news, type });
    else add({ news, type });
  }
  return [...lanes.values()].map(changesFirst);
}

/** No change waits for a notice. */
function changesFirst(lane: readonly Task[]): Task[] {
  return lane.toSorted((one, other) => Number(isNotice(one.news)) - Number(isNotice(other.news)));
}
