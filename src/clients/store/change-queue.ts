import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { CurrentClient } from './client.statements.js';

/** Maximum number of changes of one client that wait. */
const MOST_WAITING = 256;
/** Maximum wait of a change, in milliseconds. */
const PATIENCE = 10_000;

/** A change that waits for its turn. */
interface Waiting {
  begin: (written?: CurrentClient) => void;
}

/** One turn in the queue. */
export interface Turn {
  /** The client as the previous change left it; `undefined` when that is unknown. Another process may have changed it since. */
  readonly start?: CurrentClient | undefined;
  /** The client as this change leaves it, for the next change; until this change writes something, the same as `start`. */
  written?: CurrentClient | undefined;
}

/**
 * Queues the changes of one client by this process: each waits for the previous one before it reads or takes a connection to the database.
 * Otherwise all but one of them would lose the race and retry.
 */
export class ChangeQueue {
  /** The waiting changes, by `client_id`; a client has an entry while a change of it runs. */
  private readonly waiting = new Map<string, Set<Waiting>>();

  /**
   * Runs `change` when no other change of the client runs.
   *
   * @param id the `client_id`
   * @param signal ends the wait, but not a change that has begun. Default none
   * @returns what `change` returns
   * @throws OAuthError 503 when too many changes of the client wait, or the wait takes too long; the reason of the signal; and what `change`
   * throws
   */
  async inTurn<T>(id: string, signal: AbortSignal | undefined, change: (turn: Turn) => Promise<T>): Promise<T> {
    const start = await this.enter(id, signal);
    const turn: Turn = { start, written: start };
    try {
      return await change(turn);
    } finally {
      this.leave(id, turn.written);
    }
  }

  private async enter(id: string, signal?: AbortSignal): Promise<CurrentClient | undefined> {
    signal?.throwIfAborted();
    const queue = this.waiting.get(id);
    if (!queue) {
      this.waiting.set(id, new Set());
      return undefined;
    }
    if (queue.size >= MOST_WAITING) throw OAuthError.unavailable(new Error('Too many changes of one client wait.'));
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        queue.delete(waiting);
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        end();
      };
      const waiting: Waiting = { begin: (written) => settle(() => resolve(written)) };
      const giveUp = () => settle(() => reject(signal?.reason as Error));
      const cause = new Error('The changes of the client before this one took too long.');
      const timer = setTimeout(() => settle(() => reject(OAuthError.unavailable(cause))), PATIENCE);
      signal?.addEventListener('abort', giveUp);
      queue.add(waiting);
    });
  }

  /** Starts the next change. */
  private leave(id: string, written?: CurrentClient): void {
    const [next] = this.waiting.get(id) ?? [];
    if (next) next.begin(written);
    else this.waiting.delete(id);
  }
}
