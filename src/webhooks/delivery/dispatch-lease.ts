import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DeliveryStatements, type Lease } from './delivery.statements.js';

/** How long a lease holds, in milliseconds. */
const TERM = 10_000;
/** For how long it holds at least when {@link DispatchLease.hold} has said so, in milliseconds: longest time of an attempt. */
export const LEAST_TERM = TERM / 2;

/**
 * The right to deliver, which one process has at a time. A lease in a row, not a lock of a session, which would leak through a
 * pooler. The clocks of the processes are not compared: a process takes the lease over after it has itself seen, for the whole
 * term, that nobody renewed it.
 */
@Injectable()
export class DispatchLease {
  /** Who this process is. */
  readonly holder = randomUUID();
  private heldUntil = 0;
  private hasBeenHeld = false;
  private seen?: Lease & { at: number };
  private holding?: Promise<boolean> | undefined;

  constructor(private readonly statements: DeliveryStatements) {}

  /**
   * Takes the lease if it is free, or renews it in the second half of its term.
   *
   * @returns whether this process may deliver for {@link LEAST_TERM} more
   */
  hold(): Promise<boolean> {
    if (this.isHeld) return Promise.resolve(true);
    this.holding ??= this.take().finally(() => (this.holding = undefined));
    return this.holding;
  }

  /** Makes sure, before the next attempt, that no other process has taken the lease. */
  doubt(): void {
    this.heldUntil = 0;
  }

  /** Lets another process deliver immediately. */
  async release(): Promise<void> {
    if (!this.hasBeenHeld) return;
    this.hasBeenHeld = false;
    this.heldUntil = 0;
    const lease = await this.statements.lease();
    if (lease.holder === this.holder) await this.statements.takeLease(lease, '');
  }

  private get isHeld(): boolean {
    return this.heldUntil - performance.now() > LEAST_TERM;
  }

  private async take(): Promise<boolean> {
    const began = performance.now();
    const lease = await this.statements.lease();
    const isFree = lease.holder === '' || lease.holder === this.holder || this.isOver(lease);
    if (isFree && (await this.statements.takeLease(lease, this.holder))) {
      this.heldUntil = began + TERM;
      this.hasBeenHeld = true;
    }
    return this.isHeld;
  }

  private isOver(lease: Lease): boolean {
    const { seen } = this;
    const isSame = seen?.holder === lease.holder && seen.renewals === lease.renewals;
    if (!isSame) this.seen = { ...lease, at: performance.now() };
    return isSame && performance.now() - seen.at > TERM;
  }
}
