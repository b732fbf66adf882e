import { PreparedDatabase, statementName, type Query } from '../../database/sql/prepared-database.js';
import { SUSPENDED } from '../metadata/search-kinds.js';
import { ClientTerm } from '../store/client-term.entity.js';
import { Client } from '../store/client.entity.js';
import { Tombstone } from '../store/tombstone.entity.js';

/** Rows beyond this number are estimated, not counted: counting a large table would read all of it. */
const MOST_COUNTED = 10_000;

/** How long a count is cached, in milliseconds. */
const REMEMBERED = 300_000;

/** Number of clients, by state. */
export type ClientCounts = Record<'active' | 'suspended' | 'removed', number>;

/** Counts clients cheaply: exactly while there are few, and at most every five minutes. */
export class ClientCount {
  private readonly query: Query;
  private known?: { counts: ClientCounts; until: number };

  constructor(private readonly database: PreparedDatabase) {
    const client = database.table(Client);
    const tombstone = database.table(Tombstone);
    const upTo = (from: string) => `(SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${MOST_COUNTED}) AS counted)`;
    const { rowsAbout } = database.dialect;
    const text = `SELECT ${upTo(client)} AS clients, ${rowsAbout(client)} AS "clientsAbout",
      ${upTo(`${database.table(ClientTerm)} WHERE kind = 'state' AND value = '${SUSPENDED}'`)} AS suspended,
      ${upTo(tombstone)} AS removed, ${rowsAbout(tombstone)} AS "removedAbout"`;
    this.query = { name: statementName('count_clients', text), text, values: [] };
  }

  /**
   * Returns the numbers of clients that may authenticate, of suspended ones (at most 10,000), and of removed ones that are still kept. From
   * 10,000 on, active and removed clients are estimated: by PostgreSQL when it last analysed the table, or from samples of SQLite's table.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  async counts(): Promise<ClientCounts> {
    if (!this.known || this.known.until <= Date.now())
      this.known = { counts: await this.count(), until: Date.now() + REMEMBERED };
    return this.known.counts;
  }

  private async count(): Promise<ClientCounts> {
    const row = await this.database.row<Record<string, number | string>>(this.query);
    const number = (name: string) => Number(row?.[name]);
    const all = (name: string) =>
      number(name) < MOST_COUNTED ? number(name) : Math.max(number(name), number(`${name}About`));
    const suspended = number('suspended');
    return { active: Math.max(0, all('clients') - suspended), suspended, removed: all('removed') };
  }
}
