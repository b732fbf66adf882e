import { Injectable } from '@nestjs/common';
import { Sweeper } from '../../concurrency/sweeper.js';
import { overOnEveryProcess } from '../../secrets/secret-set.js';
import { UsedAssertions } from './used-assertions.js';

/** Deletes used assertions that have expired by the clock of every process, at start and once a minute. */
@Injectable()
export class UsedAssertionSweeper extends Sweeper {
  constructor(private readonly used: UsedAssertions) {
    super({ interval: 60_000, warning: 'Used assertions are kept longer, until it succeeds' });
  }

  protected sweepBatch(): Promise<boolean> {
    return this.used.sweep(overOnEveryProcess());
  }
}
