import { ClientsOptionsError } from '../clients/checked-options.js';
import { ConfigError } from '../standalone/config/config.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { CommandError } from './command-error.js';

/** How a command that failed ends. */
export interface Failure {
  exitCode: 1 | 2 | 3;
  /** For people: what is wrong and how to mend it. */
  text: string;
}

/** What is the matter with a database, by the code of its error (Node's, PostgreSQL's, SQLite's), and the mend. */
const DATABASE_REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there; start it, or correct its host and port',
  ENOTFOUND: 'its host is not known; correct it',
  EAI_AGAIN: 'its host can not be looked up now; correct it, or try again',
  ETIMEDOUT: 'it does not answer; correct its host and port',
  '28P01': 'it refuses the user or the password; correct them',
  '28000': 'it refuses the user; correct it',
  '3D000': 'the server has no database of this name; create it',
  '42P01': 'it has no tables of the registry; run oauth2-client-registry migrate',
  '42703': 'its tables are of an older release; run oauth2-client-registry migrate',
  '42501': 'its user may not do this; grant it',
  ERR_INVALID_URL: 'its URL is none; write special characters of user and password as %XX',
  ENOENT: 'its folder can not be made; name another path',
  ENOTDIR: 'its folder is none; name another path',
  EEXIST: 'its folder is none; name another path',
  EACCES: 'its folder may not be written; name another path, or allow it',
  EROFS: 'its folder may not be written; name another path',
  SQLITE_CANTOPEN: 'its file can not be opened; name another path, or allow it',
  SQLITE_READONLY: 'its file may not be written; allow it',
  SQLITE_NOTADB: 'its file is no SQLite database; name another path',
  SQLITE_BUSY: 'another process holds it; try again',
};

/** @param error anything that a command threw */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return { exitCode: 2, text: error.message };
  if (error instanceof OAuthError) return { exitCode: 1, text: refusal(error) };
  if (error instanceof ConfigError || error instanceof ClientsOptionsError)
    return { exitCode: 3, text: `The configuration is wrong: ${error.message}` };
  return { exitCode: 3, text: unusable(error) };
}

/** Every fault, one a line. */
function refusal(error: OAuthError): string {
  const lines = error.faults.map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : detail));
  return lines.length > 0 ? lines.join('\n') : error.message;
}

function unusable(error: unknown): string {
  const { code = '', message = '', syscall, cause } = error as Partial<NodeJS.ErrnoException>;
  if (syscall === 'listen')
    return `The service can not listen: ${message}; choose another --host or --port (ADMIN_HOST, ADMIN_PORT).`;
  // What an embedding application is told of a cause is not the mend of an operator.
  const reason =
    DATABASE_REASONS[code] ?? DATABASE_REASONS[(cause as Partial<NodeJS.ErrnoException> | undefined)?.code ?? ''];
  const told = (message || code).replace(/\.$/, '');
  return `The database that DATABASE_URL names can not be used: ${reason ?? `${told}; mend it, or correct DATABASE_URL`}.`;
}
