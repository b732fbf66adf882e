import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';

/** Waits until `holds`, at most half a minute. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  expect('this').toBe('so after half a minute');
}
