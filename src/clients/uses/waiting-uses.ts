import { Logger } from '@nestjs/common';
import { limitOf } from '../../concurrency/limit.js';
import type { Use, UseTable } from './use-table.js';

/** Resolution of last uses, in milliseconds: not every request of a busy client may cost a write. */
const RESOLUTION = 60_000;
/** Most uses that wait, and most that are remembered so that they are not written again within the minute. */
const MOST = 50_000;
/** Most uses of one statement. */
const BATCH = 1000;

/**
 * Uses that wait to be written, the last one of each row: many go with one statement, and each row costs at most one in a minute. While
 * the database cannot answer they wait on; when too many wait, further ones are forgotten.
 */
export class WaitingUses {
  private readonly logger = new Logger('ClientActivity');
  private readonly inTurn = limitOf(1);
  private readonly waiting = new Map<string, Use>();
  private readonly noted = new Map<string, number>();
  private isFailing = false;

  /** @param table in which they are written */
  constructor(private readonly table: UseTable) {}

  /** Lets a use wait, unless one within the minute before is known. */
  add(use: Use): void {
    const key = keyOf(use);
    if (use.at - (this.noted.get(key) ?? -Infinity) < RESOLUTION) return;
    const before = this.waiting.get(key);
    if (before ? before.at >= use.at : this.waiting.size >= MOST) return;
    if (this.noted.size >= MOST) this.noted.clear();
    this.noted.set(key, use.at);
    this.waiting.set(key, use);
  }

  /** The time of a use that waits, in milliseconds since the epoch. */
  timeOf(row: Omit<Use, 'at'>): number | undefined {
    return this.waiting.get(keyOf(row))?.at;
  }

  /** Writes what waits. It does not throw: what cannot be written waits on, and the log says so once. */
  write(): Promise<void> {
    return this.inTurn(async () => {
      const uses = [...this.waiting.values()];
      try {
        for (let from = 0; from < uses.length; from += BATCH) await this.writeBatch(uses.slice(from, from + BATCH));
        this.isFailing = false;
      } catch (error) {
        if (!this.isFailing) this.logger.warn(`Last uses are written later: ${String(error)}`);
        this.isFailing = true;
      }
    });
  }

  private async writeBatch(uses: readonly Use[]): Promise<void> {
    const left = await this.table.write(uses);
    for (const use of uses) {
      const key = keyOf(use);
      // A later use may have come meanwhile.
      if (!left.has(use.id) && this.waiting.get(key) === use) this.waiting.delete(key);
    }
  }
}

/** Both ids: a use may name a secret that is not the client's, and must not hide one that is. */
function keyOf({ id, clientId }: Omit<Use, 'at'>): string {
  return id === clientId ? id : `${id}\0${clientId}`;
}
