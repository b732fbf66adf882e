import { Logger } from '@nestjs/common';
import { limitOf } from '../../concurrency/limit.js';
import type { Use, UseTable } from './use-table.js';

/** Resolution of last uses, in milliseconds: a busy client must not cost a write per request. */
const RESOLUTION = 60_000;
/** Maximum number of waiting uses, and of uses remembered so that their rows are not written again within the minute. */
const MOST = 50_000;
/** Maximum number of uses in one statement. */
const BATCH = 1000;

/**
 * Uses that wait to be written, the last one of each row. One statement writes a batch of them, and each row is written at most once a
 * minute. While the database cannot answer, they keep waiting; when too many wait, further ones are discarded.
 */
export class WaitingUses {
  private readonly logger = new Logger('ClientActivity');
  private readonly inTurn = limitOf(1);
  private readonly waiting = new Map<string, Use>();
  /** The uses of the last write: a read that began before the write does not find them in the database. */
  private readonly written = new Map<string, Use>();
  /** The last use that was noted: by the id of its row for the client that named the row first, otherwise by {@link keyOf}. */
  private readonly noted = new Map<string, Use>();
  private isFailing = false;

  /** @param table the table to which they are written */
  constructor(private readonly table: UseTable) {}

  /** Queues a use, unless it is less than a minute after the last one noted for its row. */
  add(use: Use): void {
    const first = this.noted.get(use.id);
    // Almost always the row is named by one client: its id alone is looked up faster.
    const isFirst = !first || first.clientId === use.clientId;
    const name = isFirst ? use.id : keyOf(use);
    const last = isFirst ? first : this.noted.get(name);
    if (last && use.at - last.at < RESOLUTION) return;
    const key = keyOf(use);
    const before = this.waiting.get(key);
    if (before ? before.at >= use.at : this.waiting.size >= MOST) return;
    if (this.noted.size >= MOST) this.noted.clear();
    this.noted.set(name, use);
    this.waiting.set(key, use);
  }

  /** Whether a use of a row waits to be written. */
  isWaiting(row: Omit<Use, 'at'>): boolean {
    return this.waiting.has(keyOf(row));
  }

  /** Returns the time of the use of a row that a read may miss, in milliseconds since the epoch; `undefined` when there is none. */
  timeOf(row: Omit<Use, 'at'>): number | undefined {
    const key = keyOf(row);
    return (this.waiting.get(key) ?? this.written.get(key))?.at;
  }

  /** Writes the waiting uses. Never throws: uses that cannot be written keep waiting, and the first failure in a row is logged. */
  write(): Promise<void> {
    return this.inTurn(async () => {
      const uses = [...this.waiting.values()];
      this.written.clear();
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
      if (left.has(use.id)) continue;
      const key = keyOf(use);
      this.written.set(key, use);
      // A later use may have replaced this one in the meantime.
      if (this.waiting.get(key) === use) this.waiting.delete(key);
    }
  }
}

/** Returns a key of both ids: a use may name a secret of another client, and must not hide a use of that secret by its own client. */
function keyOf({ id, clientId }: Omit<Use, 'at'>): string {
  return id === clientId ? id : `${id}\0${clientId}`;
}
