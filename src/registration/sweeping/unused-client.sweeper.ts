import { Injectable } from '@nestjs/common';
import { Sweeper } from '../../concurrency/sweeper.js';
import { RegistrationPolicies } from '../policy/registration-policies.js';
import { sweep, type Swept } from './sweep.js';
import { UnusedClients } from './unused-clients.js';

/** Removes clients that were unused for longer than their policy allows: at start, and hourly. Without such a policy it does nothing. */
@Injectable()
export class UnusedClientSweeper extends Sweeper {
  private readonly told = new Map<string, string>();
  private running?: AsyncGenerator<Swept>;

  constructor(
    private readonly unused: UnusedClients,
    private readonly policies: RegistrationPolicies,
  ) {
    super({ interval: 3_600_000, warning: 'Unused clients are kept longer, until it succeeds' });
  }

  override onApplicationBootstrap(): void {
    if (this.policies.all.some(({ removeUnusedAfter }) => removeUnusedAfter !== undefined))
      super.onApplicationBootstrap();
  }

  protected async sweepBatch(): Promise<boolean> {
    this.running ??= sweep(this.unused, this.policies.all, {
      actor: (policy) => ({ type: 'system', id: 'sweep', name: policy }),
    });
    try {
      const { value, done } = await this.running.next();
      if (!done) this.tell(value);
      else this.running = undefined;
      return !done;
    } catch (error) {
      this.running = undefined;
      throw error;
    }
  }

  /** Logs what was removed, and, once for each reason, why nothing is. */
  private tell({ policy, before, clients, refusal = '' }: Swept): void {
    if (clients.length > 0)
      this.logger.log(
        `${clients.length} clients of the policy ${policy} are removed, which were unused since before ${before}.`,
      );
    if (refusal !== '' && refusal !== this.told.get(policy))
      this.logger.warn(`No client of the policy ${policy} is removed as unused: ${refusal}.`);
    this.told.set(policy, refusal);
  }
}
