import type { EntityManager } from 'typeorm';
import type { Actor } from './principal.js';

/** Who calls a method of the services, and in which transaction. */
export interface CallOptions {
  /**
   * Who acts. One with an `owner` sees and changes only the clients of that owner: all others do not exist for it (404). Default
   * the application itself, which may do everything.
   */
  actor?: Actor | undefined;
  /**
   * Manager of the transaction: from `runInTransaction`, or on PostgreSQL from `dataSource.transaction`. Without one, or when
   * its transaction is no longer open, the method runs in a transaction of its own. Default none.
   */
  manager?: EntityManager;
}

/** As {@link CallOptions}, for methods that take a body. */
export interface BodyOptions extends CallOptions {
  /** Refuse unknown members of the body, as `Prefer: handling=strict` does (RFC 7240 §4.4). Default false: they are ignored. */
  strict?: boolean;
  /**
   * Ends the wait of a change: for earlier changes of the client, for a slow hash, for the database. A change that has begun there goes on.
   * Default none.
   */
  signal?: AbortSignal;
}

/** As {@link BodyOptions}, for methods that change a client. */
export interface ChangeOptions extends BodyOptions {
  /** Header `If-Match` (RFC 9110 §13.1.1): the change applies to one of these states, or fails with 412. Default any state. */
  ifMatch?: string;
}
