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

/** A client beside one of its secrets; without one, the members of a secret are `null`. */
type Row = Omit<Candidate, 'secrets' | 'document'> & {
  document: string;
  secretId: string | null;
  hash: string;
  used: string | null;
  expiresAt: string | number;
};

/** Reads a client together with all that its authentication needs: one statement for all that are asked for in one turn. */
@Injectable()
export class Candidates {
  /** Public so that tests can ask for its plan. */
  readonly read: KeyedRead<Row>;

  constructor(private readonly database: PreparedDatabase) {
    this.read = new KeyedRead(database, {
      label: 'authenticate',
      text: (isKey) =>
        `SELECT client.id, client.version, client.tag, client.owner, client.auth_method AS "authMethod", client.suspended, client.document,
            secret.id AS "secretId", secret.hash, secret.last_used_at AS used, secret.expires_at AS "expiresAt"
          FROM ${database.table(Client)} AS client LEFT JOIN ${database.table(ClientSecret)} AS secret
            ON secret.client_id = client.id AND (secret.expires_at = 0 OR secret.expires_at > ${database.dialect.parameter(2)})
          WHERE client.id ${isKey} ORDER BY secret.client_version DESC`,
      keyOf: ({ id }) => id,
      others: () => [epochSeconds()],
    });
  }

  /** The client with an id; `undefined` when there is none. */
  async find(id: string, executor: Executor = this.database): Promise<Candidate | undefined> {
    const rows = isPossibleId(id) ? await this.read.rows(id, executor) : [];
    const [client] = rows;
    if (!client) return undefined;
    const secrets = rows.flatMap(({ secretId, hash, used, expiresAt }) =>
      // PostgreSQL returns a bigint as text.
      secretId === null ? [] : [{ id: secretId, hash, used, expiresAt: Number(expiresAt) }],
    );
    return { ...client, document: new ClientDocument(client.document), secrets };
  }
}
