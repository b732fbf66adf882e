import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import type { Cursors } from './delivery.statements.js';
import { eventTypeOf, isNotice, type News } from './news.js';
import type { Results, Task } from './results.js';

/** Everything that was read for one round of deliveries to a webhook. */
export interface Batch {
  webhook: StoredWebhook;
  /** Clients that have waiting changes. */
  waiting: ReadonlySet<string>;
  /** Late deliveries that are due, with at most one change per client. */
  due: readonly StoredDelivery[];
  /** The changes and notices of `due`, by position. */
  known: ReadonlyMap<number, News>;
  /** Changes and notices after the cursors. */
  fresh: readonly News[];
  /** How far `fresh` reaches. */
  read: Cursors;
  /** Whether there may be more after `read`. */
  isFull: boolean;
}

/**
 * Sorts a batch into lanes, one per client; the tasks of a lane run one after the other. Anything that needs no attempt goes directly into
 * the results.
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
    // The notice's secret is gone, a nearer notice replaced it, or the webhook was changed and no longer asks for this event.
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

/** Sorts the changes of a lane before its notices: no change waits for a notice. */
function changesFirst(lane: readonly Task[]): Task[] {
  return lane.toSorted((one, other) => Number(isNotice(one.news)) - Number(isNotice(other.news)));
}
