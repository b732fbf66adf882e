import { describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { limitOf } from '../src/concurrency/limit.js';

describe('a limit of two', () => {
  it('runs two at one time, the others in the order in which they came, and goes on when one fails', async () => {
    const limit = limitOf(2);
    const begun: number[] = [];
    const endings: ((error?: Error) => void)[] = [];
    const runs = [0, 1, 2, 3].map((index) =>
      limit(() => {
        begun.push(index);
        return new Promise<number>((resolve, reject) => {
          endings.push((error) => (error ? reject(error) : resolve(index)));
        });
      }),
    );
    const results = Promise.allSettled(runs);
    await turn();
    expect({ begun, waiting: limit.waiting, running: limit.running }).toEqual({
      begun: [0, 1],
      waiting: 2,
      running: 2,
    });
    endings[1]?.(new Error('no'));
    await turn();
    expect({ begun, waiting: limit.waiting }).toEqual({ begun: [0, 1, 2], waiting: 1 });
    endings[0]?.();
    await turn();
    endings[2]?.();
    endings[3]?.();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(begun).toEqual([0, 1, 2, 3]);
    await expect(limit(() => 'free')).resolves.toBe('free');
    expect(limit.running).toBe(0);
  });

  it('runs work in the asynchronous context of its caller', async () => {
    const limit = limitOf(1);
    const caller = new AsyncLocalStorage<string>();
    const seen = ['a', 'b', 'c'].map((name) =>
      caller.run(name, () =>
        limit(async () => {
          await turn();
          return caller.getStore();
        }),
      ),
    );
    await expect(Promise.all(seen)).resolves.toEqual(['a', 'b', 'c']);
  });
});
