import { Injectable } from '@nestjs/common';
import { Sweeper } from '../../concurrency/sweeper.js';
import { RemovalOptions, restorableSince } from '../store/removal.options.js';
import { TombstoneStatements } from '../store/tombstone.statements.js';

/** Deletes the tombstones of clients that can no longer be restored: at start, and hourly. */
@Injectable()
export class TombstoneSweeper extends Sweeper {
  constructor(
    private readonly tombstones: TombstoneStatements,
    private readonly options: RemovalOptions,
  ) {
    super({ interval: 3_600_000, warning: 'Removed clients are kept longer, until it succeeds' });
  }

  protected sweepBatch(): Promise<boolean> {
    return this.tombstones.sweep(restorableSince(this.options));
  }
}
