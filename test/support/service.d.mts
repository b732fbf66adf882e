import type { ChildProcess } from 'node:child_process';

/** A SQLite file in a folder of its own, which goes when the process ends. */
export function temporaryDatabase(): string;

/** A free port of the loopback address. */
export function freePort(): Promise<number>;

/** The built service in a process of its own. */
export interface Service {
  url: string;
  child: ChildProcess;
  /** All that it has printed. */
  output: () => string;
  /** Sends a signal, waits for the end and returns the exit code. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export function startService(
  environment: Record<string, string>,
  folder?: string,
  script?: (port: number) => string[],
): Promise<Service>;
