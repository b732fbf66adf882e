import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import type { Cursors } from './delivery.statements.js';
import { isNotice, type News } from './news.js';
import { nextAttempt } from './retry-times.js';

/** What is to be sent to a webhook. */
export interface Task {
  news: News;
  /** Type of the event. */
  type: string;
  /** Its row, if it was late before. */
  late?: StoredDelivery | undefined;
}

/** How an attempt failed. */
export interface Failure {
  /** Status of the answer; `null` without one. */
  status: number | null;
  /** A sentence. */
  problem: string;
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** What became of the deliveries of one round. */
export class Results {
  /** Positions of deliveries that were late, and are through. */
  readonly done: number[] = [];
  /** Does the receiver want nothing any longer? */
  isGone = false;
  private readonly late: { delivery: StoredDelivery; isNew: boolean }[] = [];
  private firstOpen = Infinity;
  private firstOpenNotice = Infinity;

  constructor(private readonly webhook: StoredWebhook) {}

  /** The task was delivered, or is not wanted. */
  end({ late }: Task): void {
    if (late) this.done.push(late.position);
  }

  /** The task was not tried: it stays as it is. */
  leave({ news, late }: Task): void {
    if (late) return;
    if (isNotice(news)) this.firstOpenNotice = Math.min(this.firstOpenNotice, -news.position);
    else this.firstOpen = Math.min(this.firstOpen, news.position);
  }

  /** The task waits behind an earlier one of its client. */
  queue(task: Task): void {
    this.late.push({ delivery: this.rowOf(task), isNew: !task.late });
  }

  /** An attempt failed: it is tried again, or parked when it has been late for too long. */
  fail(task: Task, failure: Failure): void {
    const now = Date.now();
    const row = this.rowOf(task);
    const attempts = row.attempts + 1;
    const next = nextAttempt(attempts, Date.parse(row.since), now);
    const then =
      next === undefined
        ? ({ state: 'parked', nextAt: '' } as const)
        : ({ state: 'waiting', nextAt: timeText(next) } as const);
    const delivery = { ...row, ...failure, ...then, attempts, attemptedAt: timeText(now) };
    this.late.push({ delivery, isNew: !task.late });
  }

  /** A late delivery can never be tried again. */
  park(late: StoredDelivery, problem: string): void {
    this.late.push({ delivery: { ...late, state: 'parked', nextAt: '', problem }, isNew: false });
  }

  /** The new cursors: nothing up to them is open. */
  cursors({ position, noticePosition }: Cursors): Cursors {
    return {
      position: Math.min(position, this.firstOpen - 1),
      noticePosition: Math.min(noticePosition, this.firstOpenNotice - 1),
    };
  }

  /** Rows to write. What lies behind the cursors is read again. */
  lateUpTo({ position, noticePosition }: Cursors): StoredDelivery[] {
    const isPassed = (one: StoredDelivery) => one.position <= position && -one.position <= noticePosition;
    return this.late.filter(({ delivery, isNew }) => !isNew || isPassed(delivery)).map(({ delivery }) => delivery);
  }

  private rowOf(task: Task): StoredDelivery {
    const { id: changeId, clientId, position } = task.news;
    return (
      task.late ?? {
        webhookId: this.webhook.id,
        position,
        clientId,
        changeId,
        state: 'waiting',
        since: timeText(Date.now()),
        attempts: 0,
        attemptedAt: '',
        nextAt: '',
        status: null,
        problem: '',
      }
    );
  }
}
