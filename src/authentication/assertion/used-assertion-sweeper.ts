import { Injectable } from '@nestjs/common';
import { Sweeper } from '../../concurrency/sweeper.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { UsedAssertions } from './used-assertions.js';

/** How far the clocks of two processes may differ, in seconds: 10 minutes. */
const CLOCK_DIFFERENCE = 600;

/** Forgets assertions that have expired on every process: at start, and once a minute. */
@Injectable()
export class UsedAssertionSweeper extends Sweeper {
  constructor(private readonly used: UsedAssertions) {
    super({ interval: 60_000, warning: 'Used assertions are kept longer, until it succeeds' });
  }

  protected sweepBatch(): Promise<boolean> {
    return this.used.sweep(epochSeconds() - CLOCK_DIFFERENCE);
  }
}
