import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** Stands for a slow external service whose decision comes last. */
@Injectable()
export class CreditAgency {
  async trusts(name: string): Promise<boolean> {
    await sleep(20);
    return !name.startsWith('Bankrupt');
  }
}
