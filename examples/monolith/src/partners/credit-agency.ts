import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** Stands for somebody slow who has the last word. */
@Injectable()
export class CreditAgency {
  async trusts(name: string): Promise<boolean> {
    await sleep(20);
    return !name.startsWith('Bankrupt');
  }
}
