/** A PostgreSQL server that runs. */
export interface PostgresServer {
  /** Without the name of a database. */
  url: string;
  createDatabase: (name: string) => Promise<void>;
  stop: () => Promise<void>;
}

export function startPostgres(options?: { initdbFlags?: string[]; postgresFlags?: string[] }): Promise<PostgresServer>;

/** @throws Error with what to run when the install script of the package in this folder has not run */
export function requireLinks(folder: string): void;
