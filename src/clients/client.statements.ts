import { Injectable } from '@nestjs/common';
import { PreparedDatabase, type Query } from '../database/prepared-database.js';
import { ClientSecret } from '../secrets/client-secret.entity.js';
import { ClientTerm } from './client-term.entity.js';
import { Client, type Term } from './client.entity.js';

/** A client as it is read: the text goes out as it is. */
export type StoredClient = Pick<Client, 'version' | 'shape' | 'tag' | 'document'>;

/** The texts of the hot statements on clients. Tables and columns come from the entities. */
function statementTexts(database: PreparedDatabase) {
  const [client, term, secret] = [database.table(Client), database.table(ClientTerm), database.table(ClientSecret)];
  const clientRow = `INSERT INTO ${client} (${database.columns(Client)}) VALUES (${database.parameters(Client)}) ON CONFLICT (id) DO NOTHING`;
  const secretColumns = `INSERT INTO ${secret} (${database.columns(ClientSecret)})`;
  const termColumns = `INSERT INTO ${term} (kind, value, client_id)`;
  const last = database.columns(Client).split(', ').length;
  const atOnce = [
    `WITH client AS (${clientRow} RETURNING id)`,
    `terms AS (${termColumns} SELECT pair ->> 0, pair ->> 1, client.id FROM client, jsonb_array_elements($${last + 1}::jsonb) AS pair)`,
  ].join(', ');
  return {
    find: `SELECT version, shape, tag, document FROM ${client} WHERE id = ${database.parameter(1)}`,
    /** SQLite: in turn. It has no WITH around inserts, and its statements cost no round trip. */
    clientRow,
    termRows: `${termColumns} SELECT value ->> 0, value ->> 1, ?1 FROM json_each(?2)`,
    secretRow: `${secretColumns} VALUES (${database.parameters(ClientSecret)})`,
    /** PostgreSQL: one round trip. The other parts see through RETURNING whether the client was new. */
    atOnce: `${atOnce} SELECT id FROM client`,
    atOnceWithSecret: `${atOnce}, secret AS (${secretColumns} SELECT ${database.parameters(ClientSecret, last + 2)} FROM client) SELECT id FROM client`,
  };
}

/** The hot statements on clients, in one place; what differs between dialects is here. */
@Injectable()
export class ClientStatements {
  private readonly texts: ReturnType<typeof statementTexts>;

  constructor(private readonly database: PreparedDatabase) {
    this.texts = statementTexts(database);
  }

  find(id: string): Promise<StoredClient | undefined> {
    return this.database.row<StoredClient>(this.query('find', [id]));
  }

  /**
   * Writes a new client with its terms and its secret, all or nothing.
   *
   * @returns false when the id is taken; then nothing is written
   */
  insert(client: Client, terms: readonly Term[], secret?: ClientSecret): Promise<boolean> {
    const clientValues = this.database.values(Client, client);
    const secretValues = secret ? this.database.values(ClientSecret, secret) : [];
    const pairs = JSON.stringify(terms.map(({ kind, value }) => [kind, value]));
    if (this.database.dialect === 'postgres') {
      return this.database.change([
        this.query(secret ? 'atOnceWithSecret' : 'atOnce', [...clientValues, pairs, ...secretValues]),
      ]);
    }
    const secretRow = secret ? [this.query('secretRow', secretValues)] : [];
    return this.database.change([
      this.query('clientRow', clientValues),
      this.query('termRows', [client.id, pairs]),
      ...secretRow,
    ]);
  }

  private query(name: keyof typeof this.texts, values: unknown[]): Query {
    return { name: `oauth2_client_${name}`, text: this.texts[name], values };
  }
}
