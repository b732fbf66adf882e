import { Injectable } from '@nestjs/common';
import { Client } from '../clients/store/client.entity.js';
import { KeyedRead } from '../database/sql/keyed-read.js';
import { PreparedDatabase, type Executor } from '../database/sql/prepared-database.js';
import { ClientSecret, isPossibleId } from '../secrets/client-secret.entity.js';
import { epochSeconds } from '../secrets/secret-set.js';
import type { StoredSecret } from '../secrets/secret-matcher.js';
import { ClientDocument } from './client-document.js';

/** A client that may be the one that authenticates. It is read-only, since several callers may share the object. */
export type Candidate = Readonly<Pick<Client, 'id' | 'version' | 'tag' | 'owner' | 'authMethod' | 'suspended'>> & {
  readonly document: ClientDocument;
  /** Its secrets that have not ended, the newest first. */
  readonly secrets: readonly StoredSecret[];
};

/** A row: a client, with its document as JSON, and its secrets as lines; `null` when it has none. */
type Row = Omit<Candidate, 'document' | 'secrets'> & { document: string; secrets: string | null };

/** A line of {@link Row}: {@link StoredSecret}, and the version of the client that began with it; see {@link secretOf}. */
const SECRET = `secret.id || ' ' || secret.expires_at || ' ' || secret.client_version || ' ' || secret.hash`;

/**
 * Reads a client with all that its authentication needs. On PostgreSQL, reads of one turn of the event loop share a statement; when a client was
 * read in the same second, only its version is read: what somebody changes in the tables by hand is seen within a second.
 */
@Injectable()
export class Candidates {
  /** Public so that tests can check its plan. */
  readonly read: KeyedRead<Row, Candidate>;

  constructor(private readonly database: PreparedDatabase) {
    this.read = new KeyedRead(database, {
      label: 'authenticate',
      // One row per client: a join would repeat the document for each secret. The plus hides the condition from SQLite's partial index:
      // otherwise SQLite would plan the statement anew for each value, which takes longer than the read.
      text: (isKey) =>
        `SELECT id, version, tag, owner, auth_method AS "authMethod", suspended, document, (
            SELECT ${database.dialect.linesOf(SECRET)} FROM ${database.table(ClientSecret)} AS secret
              WHERE secret.client_id = client.id AND (+expires_at = 0 OR +expires_at > ${database.dialect.parameter(2)})
          ) AS secrets FROM ${database.table(Client)} AS client WHERE id ${isKey}`,
      keyOf: ({ id }) => id,
      isUnique: true,
      make: candidateOf,
      others: () => [epochSeconds()],
      // Whatever the registry changes of a client or its secrets gives the client a new version, but for its own form of an imported hash:
      // the imported one, which may stay cached for the rest of the second, matches the same secret.
      versions: {
        text: (isKey) =>
          `SELECT id AS "key", tag || '.' || version AS "version" FROM ${database.table(Client)} WHERE id ${isKey}`,
        of: ({ tag, version }) => `${tag}.${version}`,
      },
    });
  }

  /** Returns the client with an id; `undefined` when there is none. */
  async find(id: string, executor: Executor = this.database): Promise<Candidate | undefined> {
    return isPossibleId(id) ? (await this.read.rows(id, executor))[0] : undefined;
  }

  /** Reads a client anew next time, since the stored form of a secret was replaced, which gives the client no new version. */
  forget(id: string): void {
    this.read.forget(id);
  }
}

function candidateOf(row: Row): Candidate {
  const secrets = row.secrets?.split('\n').map(secretOf) ?? [];
  secrets.sort((one, other) => other.since - one.since);
  return { ...row, document: new ClientDocument(row.document), secrets };
}

/** Reads a secret from its line: `SecretHasher` promises that a stored form is one line. It comes last, since it may contain spaces. */
function secretOf(line: string): StoredSecret & { since: number } {
  const afterId = line.indexOf(' ');
  const afterEnd = line.indexOf(' ', afterId + 1);
  const afterSince = line.indexOf(' ', afterEnd + 1);
  return {
    id: line.slice(0, afterId),
    hash: line.slice(afterSince + 1),
    expiresAt: Number(line.slice(afterId + 1, afterEnd)),
    since: Number(line.slice(afterEnd + 1, afterSince)),
  };
}
