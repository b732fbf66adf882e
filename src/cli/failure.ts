import { ClientsOptionsError } from '../clients/checked-options.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { ConfigError } from '../standalone/config/config.js';
import { CommandError } from './input/command-error.js';
import { OutputError } from './output/print.js';
import { printable } from './output/printable.js';
import { isRefusal, RefusedError, refusalText } from './registry/refusal.js';
import { NETWORK_REASONS, ServiceError } from './registry/unreachable.js';

/** How a command that failed ends. */
export interface Failure {
  /**
   * 0: nothing is wrong. 1: the registry refused. 2: wrong command line or file. 3: configuration, database, service or output.
   */
  exitCode: 0 | 1 | 2 | 3;
  /** For people: what is wrong and how to correct it; empty when nothing is. */
  text: string;
}

/** What is wrong with a database and how to correct it, by the error code of Node, PostgreSQL or SQLite. */
const DATABASE_REASONS: Record<string, string> = {
  ...NETWORK_REASONS,
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
 * Returns how a command ends after an error.
 *
 * @param error anything that the command threw
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return { exitCode: 2, text: error.message };
  if (isRefusal(error)) return { exitCode: 1, text: refusalText(error) };
  if (error instanceof RefusedError) return { exitCode: 1, text: error.message };
  if (error instanceof OutputError)
    return error.isQuiet ? { exitCode: 0, text: '' } : { exitCode: 3, text: error.message };
  if (error instanceof ServiceError) return { exitCode: 3, text: printable(error.message) };
  if (error instanceof ConfigError || error instanceof ClientsOptionsError)
    return { exitCode: 3, text: `The configuration is wrong: ${error.message}` };
  return { exitCode: 3, text: unusable(error instanceof OAuthError ? error.cause : error) };
}

/** Returns SQLite's primary result code: SQLITE_READONLY for SQLITE_READONLY_DIRECTORY. */
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
