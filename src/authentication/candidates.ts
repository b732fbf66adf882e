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

/** A row: a client, with its document as JSON, and its secrets as a JSON array of texts. */
type Row = Omit<Candidate, 'document' | 'secrets'> & { document: string; secrets: string };

/**
 * What is read of a secret, see {@link secretOf}: {@link StoredSecret}, and the version of the client that began with it. For some secrets, the
 * database builds texts in two thirds of the time that objects take.
 */
const SECRET = `secret.id || ' ' || secret.expires_at || ' ' || secret.client_version || ' ' || secret.hash`;

/** Reads a client with all that its authentication needs; on PostgreSQL, reads of one turn of the event loop share a statement. */
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
            SELECT ${database.dialect.listOf(SECRET)} FROM ${database.table(ClientSecret)} AS secret
              WHERE secret.client_id = client.id AND (+expires_at = 0 OR +expires_at > ${database.dialect.parameter(2)})
          ) AS secrets FROM ${database.table(Client)} AS client WHERE id ${isKey}`,
      keyOf: ({ id }) => id,
      isUnique: true,
      make: candidateOf,
      others: () => [epochSeconds()],
    });
  }

  /** Returns the client with an id; `undefined` when there is none. */
  async find(id: string, executor: Executor = this.database): Promise<Candidate | undefined> {
    return isPossibleId(id) ? (await this.read.rows(id, executor))[0] : undefined;
  }
}

function candidateOf(row: Row): Candidate {
  const secrets = (JSON.parse(row.secrets) as string[]).map(secretOf);
  secrets.sort((one, other) => other.since - one.since);
  return { ...row, document: new ClientDocument(row.document), secrets };
}

/** Reads a secret from {@link SECRET}; the hash is the last part, since that of a host's own hasher may contain spaces. */
function secretOf(text: string): StoredSecret & { since: number } {
  const [id = '', expiresAt = '', since = ''] = text.split(' ', 3);
  const hash = text.slice(id.length + expiresAt.length + since.length + 3);
  return { id, hash, expiresAt: Number(expiresAt), since: Number(since) };
}
