import type { EntityManager } from 'typeorm';

/** In which transaction a method of the services works. */
export interface CallOptions {
  /**
   * Manager of the transaction to take part in: of `runInTransaction`, or on PostgreSQL of `dataSource.transaction`. Without
   * one, or when its transaction is not open, the method stands for itself. Default none.
   */
  manager?: EntityManager;
}

/** As {@link CallOptions}, for methods that change a client. */
export interface ChangeOptions extends CallOptions {
  /** Header `If-Match` (RFC 9110 §13.1.1): the change is made to one of these states, or fails with 412. Default any. */
  ifMatch?: string;
}
