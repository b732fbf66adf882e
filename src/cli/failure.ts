import { ClientsOptionsError } from '../clients/checked-options.js';
import { ConfigError } from '../standalone/config/config.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { CommandError } from './command-error.js';
import { printable } from './printable.js';

/** How a command that failed ends. */
export interface Failure {
  /** 1: the registry refused the client. 2: wrong command line or file. 3: configuration or database. */
  exitCode: 1 | 2 | 3;
  /** For people: what is wrong and how to correct it. */
  text: string;
}

/** What is wrong with a database and how to correct it, by the error code of Node, PostgreSQL or SQLite. */
const DATABASE_REASONS: Record<string, string> = {
  ECONNREFUSED: 'no server listens there; start it, or correct the host and the port',
  ENOTFOUND: 'the host is unknown; correct it',
  EAI_AGAIN: 'the host cannot be looked up at the moment; correct it, or try again',
  ETIMEDOUT: 'the server does not answer; correct the host and the port',
  '28P01': 'the server refuses the user or the password; correct them',
  '28000': 'the server refuses the user; correct it',
  '3D000': 'the server has no database of this name; create it',
  '08P01':
    'a pooler before the server refuses the connection; add ?prepare=false to DATABASE_URL, or look into its log',
  '42P01': 'the tables of the registry are missing; run oauth2-client-registry migrate',
  '42703': 'the tables are those of an older release; run oauth2-client-registry migrate',
  '42501': 'the user lacks a privilege; grant it',
  ENOENT: 'the folder of the file cannot be created; name another path',
  ENOTDIR: 'the path runs through a file; name another path',
  EEXIST: 'the path runs through a file; name another path',
  EACCES: 'the folder of the file is not writable; name another path, or grant access',
  EROFS: 'the folder of the file is read-only; name another path',
  SQLITE_CANTOPEN: 'the file cannot be opened; name another path, or grant access',
  SQLITE_READONLY: 'the file is read-only; grant access',
  SQLITE_NOTADB: 'the file is not a SQLite database; name another path',
  SQLITE_BUSY: 'another process has locked the file; try again',
};

/**
 * How a command ends after an error.
 *
 * @param error anything that the command threw
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return { exitCode: 2, text: error.message };
  // The database's trouble is a refusal of the registry only over HTTP.
  if (error instanceof OAuthError && error.cause) return { exitCode: 3, text: unusable(error.cause) };
  if (error instanceof OAuthError) return { exitCode: 1, text: refusal(error) };
  if (error instanceof ConfigError || error instanceof ClientsOptionsError)
    return { exitCode: 3, text: `The configuration is wrong: ${error.message}` };
  return { exitCode: 3, text: unusable(error) };
}

/** Every fault, each on a line of its own. */
function refusal(error: OAuthError): string {
  const lines = error.faults.map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : detail));
  return (lines.length > 0 ? lines : [error.message]).map(printable).join('\n');
}

/** A code of SQLite without its extension: SQLITE_READONLY of SQLITE_READONLY_DIRECTORY. */
function primary(code: string): string {
  return code.replace(/^(SQLITE_[A-Z]+)_\w+$/, '$1');
}

function unusable(error: unknown): string {
  const { code = '', message = '', syscall, cause } = error as Partial<NodeJS.ErrnoException>;
  if (syscall === 'listen')
    return `The service cannot listen: ${message}; choose another --host or --port (ADMIN_HOST, ADMIN_PORT).`;
  // An error for embedding applications may have one of these as its cause: prefer the advice for operators.
  const { code: causeCode = '' } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const reason = DATABASE_REASONS[primary(code)] ?? DATABASE_REASONS[primary(causeCode)];
  const sentence = (message || code).replace(/\.$/, '');
  return `The database that DATABASE_URL names cannot be used: ${reason ?? `${sentence}; correct this, or DATABASE_URL`}.`;
}
