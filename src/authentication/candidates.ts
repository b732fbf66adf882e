import { Injectable } from '@nestjs/common';
import { Client } from '../clients/store/client.entity.js';
import { KeyedRead } from '../database/sql/keyed-read.js';
import { PreparedDatabase, type Executor } from '../database/sql/prepared-database.js';
import { ClientSecret, isPossibleId } from '../secrets/client-secret.entity.js';
import { epochSeconds } from '../secrets/secret-set.js';
import type { StoredSecret } from '../secrets/secret-matcher.js';
import { ClientDocument } from './client-document.js';

/** A client that may be the one that authenticates. */
export type Candidate = Pick<Client, 'id' | 'version' | 'tag' | 'owner' | 'authMethod' | 'suspended'> & {
  document: ClientDocument;
  /** Its secrets that have not ended, the newest first. */
  secrets: StoredSecret[];
};

/** A client, or one of its secrets: the members of the other are `null`. */
type Row = { id: string } & (
  | (Omit<Candidate, 'secrets' | 'document'> & { document: string; secretId: null })
  | { secretId: string; hash: string; used: string | null; expiresAt: string | number }
);

/** Reads a client together with all that its authentication needs: one statement for all that are asked for in one turn. */
@Injectable()
export class Candidates {
  /** Public so that tests can ask for its plan. */
  readonly read: KeyedRead<Row>;

  constructor(private readonly database: PreparedDatabase) {
    this.read = new KeyedRead(database, {
      label: 'authenticate',
      // Two walks of an index, rather than a join: its rows would repeat the document for each secret.
      text: (isKey) =>
        `SELECT id, version, tag, owner, auth_method AS "authMethod", suspended, document,
            NULL AS "secretId", NULL AS hash, NULL AS used, NULL AS "expiresAt", NULL AS "clientVersion"
          FROM ${database.table(Client)} WHERE id ${isKey}
        UNION ALL SELECT client_id, NULL, NULL, NULL, NULL, NULL, NULL, id, hash, last_used_at, expires_at, client_version
          FROM ${database.table(ClientSecret)}
          WHERE client_id ${isKey} AND (expires_at = 0 OR expires_at > ${database.dialect.parameter(2)})
        ORDER BY "clientVersion" DESC`,
      keyOf: ({ id }) => id,
      others: () => [epochSeconds()],
    });
  }

  /** The client with an id; `undefined` when there is none. */
  async find(id: string, executor: Executor = this.database): Promise<Candidate | undefined> {
    const rows = isPossibleId(id) ? await this.read.rows(id, executor) : [];
    const client = rows.find((row) => row.secretId === null);
    if (!client) return undefined;
    const secrets = rows.flatMap((row) =>
      // PostgreSQL returns a bigint as text.
      row.secretId === null
        ? []
        : [{ id: row.secretId, hash: row.hash, used: row.used, expiresAt: Number(row.expiresAt) }],
    );
    return { ...client, document: new ClientDocument(client.document), secrets };
  }
}
