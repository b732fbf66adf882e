import 'reflect-metadata';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError } from '../input/command-error.js';
import { print } from '../output/print.js';

const HELP = `
It copies a SQLite file as it is at one moment, whether the service is running or not. For PostgreSQL, use pg_dump. To restore the copy,
stop the service, and let DATABASE_URL name the copy.

Example:
  oauth2-client-registry backup clients-2026-11-26.sqlite`;

/** Adds the command `backup`, which copies a SQLite database file. */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('Copy the SQLite database that DATABASE_URL names into a new file, while the service may be running.')
    .argument('<file>', 'file to write; it must not exist')
    .addHelpText('after', HELP)
    .action(async (file: string) => {
      await backUpTo(file);
      await print(`Done: ${file} is a copy of the database.\n`);
    });
}

async function backUpTo(file: string): Promise<void> {
  const { processConfig } = await import('../../standalone/config/environment.js');
  const { backUp } = await import('../../database/dialects.js');
  const { DATABASE_URL } = processConfig();
  createEmpty(file);
  let isDone = false;
  try {
    isDone = backUp(DATABASE_URL, file);
  } finally {
    if (!isDone) rmSync(file);
  }
  if (!isDone) throw new CommandError('Only a SQLite file can be copied: back PostgreSQL up with pg_dump.');
}

/** Creates the file, which only its owner can read: the database contains digests of secrets. */
function createEmpty(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === 'EEXIST'
        ? `${file} exists already: name another file.`
        : `${file} cannot be created (${code}): name another file.`,
    );
  }
}
