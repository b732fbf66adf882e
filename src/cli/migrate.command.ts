import type { Command } from 'commander';

const EXAMPLE = `
Example:
  DATABASE_URL=postgres://user:password@127.0.0.1:5432/clients oauth2-client-registry migrate`;

/** `migrate`: the tables, as this release needs them. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Create or change the tables of the database that DATABASE_URL names.')
    .addHelpText('after', EXAMPLE)
    .action(async () => {
      process.stdout.write(`${await migrate()}\n`);
    });
}

/** Tells what was done. */
async function migrate(): Promise<string> {
  const { default: dataSource } = await import('../standalone/data-source.js');
  await dataSource.initialize();
  try {
    const done = await dataSource.runMigrations();
    return done.length > 0
      ? `Done: ${done.map(({ name }) => name).join(', ')}.`
      : 'Nothing to do: the database is up to date.';
  } finally {
    await dataSource.destroy();
  }
}
