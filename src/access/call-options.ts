import type { EntityManager } from 'typeorm';
import type { Actor } from './principal.js';

/** The caller of a service method, and the transaction in which the method runs. */
export interface CallOptions {
  /**
   * Who acts. An actor with an `owner` sees and changes only the clients of that owner: all others do not exist for it (404). Default
   * the application itself, which may do everything.
   */
  actor?: Actor | undefined;
  /**
   * Manager of the transaction: from `runInTransaction`, or on PostgreSQL from `dataSource.transaction`. Without a manager, or when
   * its transaction is no longer open, the method runs in its own transaction. Default none.
   */
  manager?: EntityManager;
}

/** As {@link CallOptions}, for methods that take a body. */
export interface BodyOptions extends CallOptions {
  /** Whether to reject unknown members of the body, like `Prefer: handling=strict` (RFC 7240 §4.4). Default false: they are ignored. */
  strict?: boolean;
  /**
   * Aborts the wait of a change for earlier changes of the client, for a slow hash, or for the database. A change that has begun
   * in the database goes on. Default none.
   */
  signal?: AbortSignal;
}

/** As {@link BodyOptions}, for methods that change a client. */
export interface ChangeOptions extends BodyOptions {
  /** Header `If-Match` (RFC 9110 §13.1.1): the change requires one of these states; otherwise it fails with 412. Default any state. */
  ifMatch?: string;
}
