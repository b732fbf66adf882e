#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addBackup } from './backup.command.js';
import { addCreate } from './create.command.js';
import type { Failure } from './failure.js';
import { addMigrate } from './migrate.command.js';
import { addServe } from './serve.command.js';
import { VERSION } from '../standalone/config/version.js';

const HELP = `
The configuration is read from environment variables, or from a file .env. DATABASE_URL names the database.

Exit codes:
  0  done
  1  the registry refused the client: each fault is printed on a line of its own, as pointer: detail
  2  the command line, or a file that it names, is wrong
  3  the configuration is wrong, or the database, the listener or standard output cannot be used

Example:
  oauth2-client-registry create --name Invoices --grant client_credentials`;

/** The command line. An error ends it with one sentence on standard error and an exit code. */
const program = new Command('oauth2-client-registry')
  .description('A registry of OAuth 2.0 clients.')
  .version(VERSION)
  .exitOverride()
  .showHelpAfterError('Add --help to list commands and flags.')
  .configureOutput({ outputError: (text, write) => write(withoutValue(text)) })
  .addHelpText('after', HELP);
for (const add of [addServe, addMigrate, addBackup, addCreate]) add(program);

/** An error about an unknown flag, without the flag's value: it may be a secret (`--client-secret=…`). */
function withoutValue(text: string): string {
  return text.replace(/(unknown option '[^=']+)=.*/s, "$1'\n");
}

function end({ exitCode, text }: Failure): never {
  console.error(text);
  process.exit(exitCode);
}

// If standard output is closed, a new secret is lost: exit 3.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  end({
    exitCode: 3,
    text: `Standard output cannot be written to (${code}); changes that the command has made are kept.`,
  }),
);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed the error already; help and version are an "error" with exit code 0.
  if (error instanceof CommanderError) process.exit(error.exitCode && 2);
  // Imported late, as is all that a command needs: help and a wrong flag are answered without loading the registry.
  const { failureOf } = await import('./failure.js');
  end(failureOf(error));
}
