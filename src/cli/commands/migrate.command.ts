import 'reflect-metadata';
import type { Command } from 'commander';
import { print } from '../output/print.js';

const EXAMPLE = `
Example:
  DATABASE_URL=postgres://user:password@127.0.0.1:5432/clients oauth2-client-registry migrate`;

/** Adds the command `migrate`, which brings the tables to the state that this release needs. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Create or change the tables of the database that DATABASE_URL names.')
    .addHelpText('after', EXAMPLE)
    .action(async () => {
      await print(`${await migrated()}\n`);
    });
}

/** Runs the migrations that are missing, and returns a sentence that names them. */
async function migrated(): Promise<string> {
  const { processConfig } = await import('../../standalone/config/environment.js');
  const { migrate } = await import('../../schema/migrate.js');
  const { DATABASE_URL, connectionLimits } = processConfig();
  const done = await migrate(DATABASE_URL, connectionLimits, () => console.error('Waiting: another process migrates.'));
  return done.length > 0 ? `Done: ${done.join(', ')}.` : 'Nothing to do: the database is up to date.';
}
