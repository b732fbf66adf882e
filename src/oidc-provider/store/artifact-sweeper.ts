import { Injectable } from '@nestjs/common';
import { Sweeper } from '../../concurrency/sweeper.js';
import { overOnEveryProcess } from '../../secrets/secret-set.js';
import { ProviderArtifacts } from './provider-artifacts.js';

/** Removes artifacts that have ended by the clock of every process: at start, and once a minute. Until then a device learns that its code expired. */
@Injectable()
export class ArtifactSweeper extends Sweeper {
  constructor(private readonly artifacts: ProviderArtifacts) {
    super({ interval: 60_000, warning: 'Tokens and sessions that have ended are kept longer, until it succeeds' });
  }

  protected sweepBatch(): Promise<boolean> {
    return this.artifacts.sweep(overOnEveryProcess());
  }
}
