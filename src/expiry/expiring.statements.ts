import { Injectable } from '@nestjs/common';
import { Client } from '../clients/store/client.entity.js';
import { Sql } from '../database/sql/dialect.js';
import { PreparedDatabase, type Query } from '../database/sql/prepared-database.js';
import { ApiKey } from '../keys/api-key.entity.js';
import { InitialAccessToken } from '../registration/tokens/initial-access-token.entity.js';
import { ClientSecret } from '../secrets/client-secret.entity.js';
import { epochSeconds } from '../secrets/secret-set.js';
import type { ExpiringView } from './expiring.dto.js';
import type { ExpiringQuery } from './expiring.query.js';

/** What a statement returns; PostgreSQL returns a bigint as text. */
type Row = Omit<ExpiringView, 'kind' | 'expires_at'> & { expires_at: number | string };

/** The page to read of what ends soon, and the owner to limit it to. */
interface Asked extends ExpiringQuery {
  /** `undefined` for all owners. */
  owner: string | undefined;
}

/** The statements that read what ends soon. */
@Injectable()
export class ExpiringStatements {
  constructor(private readonly database: PreparedDatabase) {}

  /** Reads the secrets of a page, in the order of their ends, and one more when there is a next page. */
  secrets(asked: Asked): Promise<ExpiringView[]> {
    return this.rows('secret', this.selectSecrets(asked));
  }

  /** Reads the API keys of a page, in the same order, and one more when there is a next page. */
  async keys(asked: Asked): Promise<ExpiringView[]> {
    const from = `SELECT id, NULL AS client_id, name, owner, expires_at FROM ${this.database.table(ApiKey)} AS ending`;
    return this.rows('api_key', this.select(from, 'ending.owner', asked));
  }

  /** Reads the initial access tokens of a page that can still be used, in the same order, and one more when there is a next page. */
  async tokens(asked: Asked): Promise<ExpiringView[]> {
    const from = `SELECT id, NULL AS client_id, label AS name, owner, expires_at FROM ${this.database.table(InitialAccessToken)} AS ending`;
    const isLeft = '(ending.max_uses = 0 OR ending.uses < ending.max_uses)';
    return this.rows('registration_token', this.select(from, 'ending.owner', asked, isLeft));
  }

  /** Builds the query for the secrets. Public so that tests can check its plan. */
  selectSecrets(asked: Asked): Query {
    const secrets = `${this.database.table(ClientSecret)} AS ending`;
    const clients = `${this.database.table(Client)} AS client`;
    // SQLite reads the first table of a CROSS JOIN first: the secrets, in the order of the list; or, for one owner, that owner's clients, so
    // that the caller does not wait while the secrets of other owners are read. PostgreSQL chooses by itself.
    const tables = asked.owner === undefined ? [secrets, clients] : [clients, secrets];
    const from = `SELECT ending.id, ending.client_id, ending.label AS name, client.owner, ending.expires_at FROM ${tables.join(' CROSS JOIN ')}`;
    return this.select(from, 'client.owner', asked, 'client.id = ending.client_id');
  }

  private select(from: string, column: string, { within, owner, after, size }: Asked, ...joined: string[]): Query {
    const sql = new Sql(this.database.dialect);
    const now = epochSeconds();
    const conditions = [
      ...joined,
      // The condition of the partial index on what ends at all.
      'ending.expires_at > 0',
      `ending.expires_at > ${sql.value(now)}`,
      `ending.expires_at <= ${sql.value(now + within)}`,
      ...(after ? [`(ending.expires_at, ending.id) > (${sql.value(after.end)}, ${sql.value(after.id)})`] : []),
      ...(owner === undefined ? [] : [`${column} = ${sql.value(owner)}`]),
    ];
    const text = `${from} WHERE ${conditions.join(' AND ')} ORDER BY ending.expires_at, ending.id LIMIT ${sql.value(size + 1)}`;
    return { text, values: sql.values };
  }

  private async rows(kind: ExpiringView['kind'], query: Query): Promise<ExpiringView[]> {
    const found = await this.database.rows<Row>(query);
    return found.map(({ id, client_id, name, owner, expires_at: end }) => ({
      kind,
      id,
      client_id,
      name,
      owner,
      expires_at: Number(end),
    }));
  }
}
