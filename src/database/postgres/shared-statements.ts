import type { SpanContext } from '@opentelemetry/api';
import type { Executor, Query, SeveralRows } from '../sql/prepared-database.js';
import { callerSpan, sharedBy } from '../sql/statement-span.js';
import { apart } from '../../telemetry/spans.js';
import { isLostRace, isTrouble } from './postgres-errors.js';

/** Most statements of one kind that run at the same time: changes that arrive meanwhile share the next statement. */
const MOST_RUNNING = 2;

/** Most changes that share one statement. */
const MOST_ROWS = 32;

/** A change that can share a statement. */
type Sharing = Query & { several: SeveralRows };

interface Waiting {
  query: Sharing;
  caller: SpanContext | undefined;
  resolve: (isWritten: boolean) => void;
  reject: (error: unknown) => void;
}

/** Whether a change can share a statement. */
export function mayShare(query: Query): query is Sharing {
  return query.several !== undefined;
}

/** Batches independent changes of one row each into one statement: a statement and its commit cost more than a row. */
export class SharedStatements {
  private readonly byName = new Map<string, SharedStatement>();

  /** @param executor runs each statement in a transaction of its own */
  constructor(private readonly executor: Executor) {}

  /** As {@link Executor.change}; a fault in one row does not make other changes fail. */
  change(query: Sharing): Promise<boolean> {
    const { name } = query.several;
    const shared = this.byName.get(name) ?? new SharedStatement(this.executor);
    this.byName.set(name, shared);
    return shared.change(query);
  }
}

/** The changes of one kind. */
class SharedStatement {
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private isComing = false;

  constructor(private readonly executor: Executor) {}

  change(query: Sharing): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ query, caller: callerSpan(), resolve, reject });
      this.runSoon();
    });
  }

  /** Starts a batch at the end of this turn of the event loop, so that other changes of this turn can join it. */
  private runSoon(): void {
    if (this.isComing || this.waiting.length === 0 || this.running === MOST_RUNNING) return;
    this.isComing = true;
    apart(() => setImmediate(() => void this.run()));
  }

  private async run(): Promise<void> {
    this.isComing = false;
    this.running += 1;
    const written = this.write(this.waiting.splice(0, MOST_ROWS));
    this.runSoon();
    await written;
    this.running -= 1;
    this.runSoon();
  }

  private async write(group: readonly Waiting[]): Promise<void> {
    if (group.length === 1) return this.writeEach(group);
    try {
      const written = await this.writeAll(group);
      for (const one of group) one.resolve(written.has(keyOf(one)));
    } catch (error) {
      // These errors concern the whole batch; its callers may retry. Any other error may come from one change, or from two with the same key.
      if (!isTrouble(error as Error) && !isLostRace(error as Error)) return this.writeEach(group);
      for (const { reject } of group) reject(error);
    }
  }

  /** @returns the keys whose rows were written */
  private async writeAll(group: readonly Waiting[]): Promise<Set<unknown>> {
    const [{ several, values }] = group.map(({ query }) => query) as [Sharing, ...Sharing[]];
    const lists = values.map((_, at) => group.map(({ query }) => query.values[at]));
    const callers = group.flatMap(({ caller }) => caller ?? []);
    const query = { name: several.name, text: several.text, values: lists };
    const rows = await sharedBy(callers, () => this.executor.rows<{ id: unknown }>(query));
    return new Set(rows.map(({ id }) => id));
  }

  private async writeEach(group: readonly Waiting[]): Promise<void> {
    const each = group.map(({ query, resolve, reject }) => this.executor.change([query]).then(resolve, reject));
    await Promise.all(each);
  }
}

function keyOf({ query: { several, values } }: Waiting): unknown {
  return values[several.key];
}
