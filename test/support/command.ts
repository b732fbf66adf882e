import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** The built command line. */
export const COMMAND = resolve('dist/cli/cli.js');

/** How a command ended. */
export interface Ended {
  /** `null` when it took too long. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** Its whole environment. */
  environment?: Record<string, string>;
  /** Standard input. */
  input?: string | Uint8Array;
  folder?: string;
}

/** Runs the command line in a process of its own. */
export async function command(
  args: string[],
  { environment = {}, input = '', folder }: CommandOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: environment, cwd: folder, timeout: 60_000 });
  const closed = once(child, 'close') as Promise<[number | null]>;
  // It may end before it has read anything.
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { exitCode, stdout, stderr };
}
