import { IsBoolean, Matches } from 'class-validator';
import type { ConnectionLimits } from '../../database/sql/dialect.js';
import { Secret } from './values/secret-files.js';
import { Bool, Count, DatabaseUrl, Milliseconds } from './values/variables.js';

/** The settings of the database. */
export class DatabaseSettings {
  /**
   * Database: `sqlite:<path>`, `sqlite::memory:` or `postgres://user:password@host:port/database`, whose parameters may set
   * what the next variables set.
   */
  @Matches(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, { message: 'must begin with sqlite: or postgres://' })
  @DatabaseUrl()
  @Secret()
  DATABASE_URL = 'sqlite:data/clients.sqlite';

  /** Whether to run migrations at start: `true` or `false`. On SQLite they always run. */
  @Bool()
  @IsBoolean({ message: 'must be true or false' })
  DATABASE_MIGRATE = false;

  /** PostgreSQL: most connections of this process, 1 to 1000; if there are more than two, changes leave two of them to reads. */
  @Count(1000)
  DATABASE_POOL_SIZE = 10;

  /** PostgreSQL: longest wait for a connection, new or from the pool, in milliseconds, 1 to 600,000. */
  @Milliseconds()
  DATABASE_CONNECT_TIMEOUT = 5000;

  /** PostgreSQL: longest time of one statement, in milliseconds, 1 to 600,000. */
  @Milliseconds()
  DATABASE_STATEMENT_TIMEOUT = 10_000;

  /** PostgreSQL: longest wait of a statement for a lock of another transaction, in milliseconds, 1 to 600,000. */
  @Milliseconds()
  DATABASE_LOCK_TIMEOUT = 3000;

  /** Bounds of the connections to a database server. */
  get connectionLimits(): ConnectionLimits {
    return {
      poolSize: this.DATABASE_POOL_SIZE,
      connectTimeout: this.DATABASE_CONNECT_TIMEOUT,
      statementTimeout: this.DATABASE_STATEMENT_TIMEOUT,
      lockTimeout: this.DATABASE_LOCK_TIMEOUT,
    };
  }

  /** Whether the service runs migrations at start. */
  get migratesAtStart(): boolean {
    return this.DATABASE_MIGRATE || this.DATABASE_URL.startsWith('sqlite:');
  }
}
