import type { SealedChange } from '../../journal/chain/seal.js';
import type { StoredDelivery, StoredWebhook } from '../table/webhook.statements.js';
import { nextAttempt } from './retry-times.js';

/** One change to be sent to a webhook. */
export interface Task {
  change: SealedChange;
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

function positionOf({ change }: Task): number {
  return Number(change.position);
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

  constructor(private readonly webhook: StoredWebhook) {}

  /** The task was delivered, or is not wanted. */
  end({ late }: Task): void {
    if (late) this.done.push(late.position);
  }

  /** The task was not tried: it stays as it is. */
  leave(task: Task): void {
    if (!task.late) this.firstOpen = Math.min(this.firstOpen, positionOf(task));
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

  /** The new cursor: nothing up to it is open. */
  cursor(read: number): number {
    return Math.min(read, this.firstOpen - 1);
  }

  /** Rows to write. What lies behind the cursor is read again. */
  lateUpTo(cursor: number): StoredDelivery[] {
    return this.late
      .filter(({ delivery, isNew }) => !isNew || delivery.position <= cursor)
      .map(({ delivery }) => delivery);
  }

  private rowOf(task: Task): StoredDelivery {
    const { id: changeId, clientId } = task.change;
    return (
      task.late ?? {
        webhookId: this.webhook.id,
        position: positionOf(task),
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
