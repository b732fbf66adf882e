import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import type { Cursors } from './delivery.statements.js';
import { isNotice, type News } from './news.js';
import { nextAttempt } from './retry-times.js';

/** An event to send to a webhook. */
export interface Task {
  news: News;
  /** Type of the event. */
  type: string;
  /** Its row, if it was late already. */
  late?: StoredDelivery | undefined;
}

/** How an attempt failed. */
export interface Failure {
  /** Status of the answer; `null` without one. */
  status: number | null;
  /** What went wrong, as a sentence. */
  problem: string;
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** Collects the outcome of the deliveries of one round. */
export class Results {
  /** Positions of late deliveries that are finished. */
  readonly done: number[] = [];
  /** Whether the receiver answered 410 Gone, and so wants no more events. */
  isGone = false;
  private readonly late: { delivery: StoredDelivery; isNew: boolean }[] = [];
  private firstOpen = Infinity;
  private firstOpenNotice = Infinity;

  constructor(private readonly webhook: StoredWebhook) {}

  /** Records that a task was delivered. */
  end({ late }: Task): void {
    if (late) this.done.push(late.position);
  }

  /** Leaves a task open: a late one keeps its row, a new one holds back the cursor. */
  leave({ news, late }: Task): void {
    if (late) return;
    if (isNotice(news)) this.firstOpenNotice = Math.min(this.firstOpenNotice, -news.position);
    else this.firstOpen = Math.min(this.firstOpen, news.position);
  }

  /** Queues a task behind an earlier one of its client. */
  queue(task: Task): void {
    this.late.push({ delivery: this.rowOf(task), isNew: !task.late });
  }

  /** Records a failed attempt: the task is retried, or parked when it has been late for too long. */
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

  /** Parks a late delivery that can never be retried. */
  park(late: StoredDelivery, problem: string): void {
    this.late.push({ delivery: { ...late, state: 'parked', nextAt: '', problem }, isNew: false });
  }

  /** Returns the new cursors: no task up to them is open. */
  cursors({ position, noticePosition }: Cursors): Cursors {
    return {
      position: Math.min(position, this.firstOpen - 1),
      noticePosition: Math.min(noticePosition, this.firstOpenNotice - 1),
    };
  }

  /** Returns the rows to write. New tasks after the cursors need none: the next round reads them again. */
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
