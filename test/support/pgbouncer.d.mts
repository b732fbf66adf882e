/** A PgBouncer that runs. */
export interface Pgbouncer {
  /** Without the name of a database. */
  url: string;
  stop: () => Promise<void>;
}

export function startPgbouncer(serverUrl: string, options?: { settings?: Record<string, string> }): Promise<Pgbouncer>;
