import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ChangeQueue } from '../src/clients/store/change-queue.js';
import { Client } from '../src/clients/store/client.entity.js';

const trouble = { status: 503, code: 'temporarily_unavailable' };

describe('changes of one client', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A queue, and changes in it that end when they are told to. */
  function open() {
    const queue = new ChangeQueue();
    const begun: string[] = [];
    const change = (name: string, signal?: AbortSignal, id = 'one') => {
      let end = () => {};
      const ended = new Promise<void>((resolve) => (end = resolve));
      const done = queue.inTurn(id, signal, async (turn) => {
        begun.push(`${name} after ${turn.start?.client.name ?? 'a read'}`);
        await ended;
        turn.written = {
          client: Object.assign(new Client(), { name }),
          secrets: [],
          token: { digest: '', former: null },
        };
        return name;
      });
      const refused = done.then(
        () => undefined,
        (error: unknown) => error,
      );
      return { done, refused, end };
    };
    return { queue, begun, change };
  }

  it('run one after the other in their order, each from what the one before left', async () => {
    const { begun, change } = open();
    const changes = ['first', 'second', 'third'].map((name) => change(name));
    const other = change('other', undefined, 'two');
    other.end();
    await other.done;
    expect(begun).toEqual(['first after a read', 'other after a read']);
    changes[1]?.end();
    changes[0]?.end();
    await changes[1]?.done;
    changes[2]?.end();
    await changes[2]?.done;
    const later = change('later');
    later.end();
    await later.done;
    expect(begun.slice(2)).toEqual(['second after first', 'third after second', 'later after a read']);
  });

  it('go on after one that failed, from a new read', async () => {
    const { queue, begun, change } = open();
    const failing = queue.inTurn('one', undefined, () => Promise.reject(new Error('refused')));
    const next = change('next');
    next.end();
    await expect(failing).rejects.toThrow('refused');
    await next.done;
    expect(begun).toEqual(['next after a read']);
  });

  it('are refused with 503 when 256 others wait, and when their turn does not come within ten seconds', async () => {
    const { begun, change } = open();
    const first = change('first');
    const waiting = Array.from({ length: 256 }, (_, at) => change(`waiting ${at}`));
    expect(await change('one too many').refused).toMatchObject(trouble);
    await jest.advanceTimersByTimeAsync(9999);
    const last = change('another too many');
    expect(await last.refused).toMatchObject(trouble);
    await jest.advanceTimersByTimeAsync(1);
    for (const { refused } of waiting) expect(await refused).toMatchObject(trouble);
    const next = change('next');
    first.end();
    next.end();
    expect(await next.done).toBe('next');
    expect(begun).toEqual(['first after a read', 'next after first']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leave with their caller while they wait, and not once they have begun', async () => {
    const { begun, change } = open();
    const leaving = new AbortController();
    const first = change('first', leaving.signal);
    const second = change('second', leaving.signal);
    const third = change('third');
    leaving.abort(new Error('gone'));
    expect(await second.refused).toEqual(new Error('gone'));
    expect(await change('fourth', leaving.signal).refused).toEqual(new Error('gone'));
    first.end();
    third.end();
    expect(await Promise.all([first.done, third.done])).toEqual(['first', 'third']);
    expect(begun).toEqual(['first after a read', 'third after first']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
