import { Injectable } from '@nestjs/common';
import { Sweeper } from '../../concurrency/sweeper.js';
import { epochSeconds } from '../../secrets/secret-set.js';
import { ProviderArtifacts } from './provider-artifacts.js';

/** How far the clocks of two processes may differ, in seconds: 10 minutes. So long a device is told that its code has expired. */
const CLOCK_DIFFERENCE = 600;

/** Removes artifacts that have ended on every process: at start, and once a minute. */
@Injectable()
export class ArtifactSweeper extends Sweeper {
  constructor(private readonly artifacts: ProviderArtifacts) {
    super({ interval: 60_000, warning: 'Tokens and sessions that have ended are kept longer, until it succeeds' });
  }

  protected sweepBatch(): Promise<boolean> {
    return this.artifacts.sweep(epochSeconds() - CLOCK_DIFFERENCE);
  }
}
