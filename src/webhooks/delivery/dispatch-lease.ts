import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DeliveryStatements, type Lease } from './delivery.statements.js';

/** Term of a lease, in milliseconds. */
const TERM = 10_000;
/** Minimum term left when {@link DispatchLease.hold} returns true, in milliseconds; also the time limit of an attempt. */
export const LEAST_TERM = TERM / 2;

/**
 * The right to deliver, which one process holds at a time. The lease is a row, not a session lock, which would leak through a connection
 * pooler. The clocks of different processes are never compared: a process takes over the lease once it has itself observed for a whole
 * term that nobody renewed it.
 */
@Injectable()
export class DispatchLease {
  /** Id of this process as a holder. */
  readonly holder = randomUUID();
  private heldUntil = 0;
  private hasBeenHeld = false;
  private seen?: Lease & { at: number };
  private holding?: Promise<boolean> | undefined;

  constructor(private readonly statements: DeliveryStatements) {}

  /**
   * Takes the lease if it is free, or renews it in the second half of its term.
   *
   * @returns whether this process may deliver for at least {@link LEAST_TERM} more
   */
  hold(): Promise<boolean> {
    if (this.isHeld) return Promise.resolve(true);
    this.holding ??= this.take().finally(() => (this.holding = undefined));
    return this.holding;
  }

  /** Makes the next call of {@link hold} check in the database that no other process has taken the lease. */
  doubt(): void {
    this.heldUntil = 0;
  }

  /** Gives up the lease, so that another process can deliver immediately. */
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
