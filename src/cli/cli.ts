#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addCreate } from './create.command.js';
import { failureOf, type Failure } from './failure.js';
import { addMigrate } from './migrate.command.js';
import { addServe } from './serve.command.js';

const HELP = `
Configuration is read from variables of the environment, or of a file .env; the database is the one of DATABASE_URL.

Exit codes:
  0  done
  1  the registry refused the client: each fault is one line, pointer: detail
  2  the command line, or the file that it names, is wrong
  3  the configuration is wrong, or the database, the listener or standard output can not be used

Example:
  oauth2-client-registry create --name Invoices --grant client_credentials`;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The command line. An error is one sentence on standard error and an exit code. */
const program = new Command('oauth2-client-registry')
  .description('A registry of OAuth 2.0 clients.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('Add --help to see what there is.')
  .configureOutput({ outputError: (text, write) => write(withoutValue(text)) })
  .addHelpText('after', HELP);
for (const add of [addServe, addMigrate, addCreate]) add(program);

/** Of an unknown flag its name only: who writes --client-secret=… must not find it in a log. */
function withoutValue(text: string): string {
  return text.replace(/(unknown option '[^=']+)=.*/s, "$1'\n");
}

function end({ exitCode, text }: Failure): never {
  console.error(text);
  process.exit(exitCode);
}

// A secret that nobody has seen is no success.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  end({ exitCode: 3, text: `Standard output can not be written (${code}); what the command has done stays done.` }),
);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said it already.
  if (error instanceof CommanderError) process.exit(error.exitCode && 2);
  end(failureOf(error));
}
