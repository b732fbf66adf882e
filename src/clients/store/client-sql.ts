import type { EntityColumn, PreparedDatabase } from '../../database/sql/prepared-database.js';
import {
  changeTexts,
  GIVEN,
  preparedText,
  severalText,
  type Part,
  type Placeholder,
  type PreparedText,
} from '../../database/sql/change-texts.js';
import { appendChange } from '../../journal/table/change-sql.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { ClientTerm } from './client-term.entity.js';
import { ClientUse } from '../uses/client-use.entity.js';
import { Client } from './client.entity.js';
import type { TombstoneSql } from './tombstone-sql.js';

/** Columns that an update never writes. */
const FIXED = new Set<string>(['id', 'tag', 'createdAt', 'registeredVia'] satisfies (keyof Client)[]);
/** Columns that an update writes only with a new registration access token. */
const OF_TOKEN = new Set<string>(['registrationTokenDigest', 'formerToken'] satisfies (keyof Client)[]);

/** Returns the alias of a column of a secret in a row that also has the columns of its client. */
export function secretAlias(property: string): string {
  return `secret_${property}`;
}

function namesOf(columns: readonly EntityColumn[]): string {
  return columns.map(({ name }) => name).join(', ');
}

/** The texts of the statements on single clients. Tables and columns come from the entities. */
export class ClientSql {
  private readonly client: string;
  private readonly term: string;
  private readonly secret: string;
  private readonly use: string;

  constructor(private readonly database: PreparedDatabase) {
    this.client = database.table(Client);
    this.term = database.table(ClientTerm);
    this.secret = database.table(ClientSecret);
    this.use = database.table(ClientUse);
  }

  /** Selects what an ordinary read needs. */
  find(isKey: string): string {
    return `SELECT id, version, shape, tag, owner, document FROM ${this.client} WHERE id ${isKey}`;
  }

  /** Selects the client with the digests of its registration access tokens, joined with each of its secrets, the newest first. */
  load(isKey: string): string {
    const shown = (entity: typeof Client | typeof ClientSecret) =>
      this.database.columns(entity).filter(({ isHidden, property }) => !isHidden || OF_TOKEN.has(property));
    const client = shown(Client).map(({ name, property }) => `client.${name} AS "${property}"`);
    const secret = shown(ClientSecret).map(({ name, property }) => `secret.${name} AS "${secretAlias(property)}"`);
    return `SELECT ${[...client, ...secret].join(', ')}
      FROM ${this.client} AS client LEFT JOIN ${this.secret} AS secret ON secret.client_id = client.id
      WHERE client.id ${isKey} ORDER BY secret.client_version DESC`;
  }

  /** Selects the row that a change locks. */
  lock(): PreparedText {
    return preparedText(this.database.dialect, (place) => `SELECT id FROM ${this.client} WHERE id = ${place('id')}`);
  }

  /** Inserts a new client with its terms and its secret, unless its id is taken. */
  insert(): PreparedText[] {
    const row = (place: Placeholder) => this.insertion(`VALUES (${this.values(place)})`);
    return changeTexts(this.database.dialect, row, this.beside);
  }

  /** As {@link insert}, for several clients in one statement. */
  insertSeveral(): PreparedText | undefined {
    const row = (place: Placeholder) => this.insertion(`SELECT ${this.values(place)} FROM ${GIVEN}`);
    return severalText(this.database.dialect, row, this.beside);
  }

  /** As {@link insert}, unless the last client with its id belonged to another owner, who may restore it. */
  insertOwned(tombstones: TombstoneSql): PreparedText[] {
    const row = (place: Placeholder) =>
      this.insertion(`SELECT ${this.values(place)} WHERE NOT EXISTS (${tombstones.ofAnotherOwner(place)})`);
    return changeTexts(this.database.dialect, row, this.beside);
  }

  /** As {@link insert}, for a removed client, if its tombstone is the newest; deletes the tombstone. */
  restore(tombstones: TombstoneSql): PreparedText[] {
    const row = (place: Placeholder) =>
      this.insertion(`SELECT ${this.values(place)} WHERE ${tombstones.isNewest(place)}`);
    return changeTexts(this.database.dialect, row, [...this.beside, tombstones.end]);
  }

  /** The parts that are written with the row of a new client. */
  private get beside(): Part[] {
    return [this.addFirstTerms, this.addSecrets, this.addUse, this.appendChange];
  }

  private insertion(rows: string): string {
    return `INSERT INTO ${this.client} (${namesOf(this.database.columns(Client))}) ${rows} ON CONFLICT (id) DO NOTHING`;
  }

  private values(place: Placeholder): string {
    return this.database
      .columns(Client)
      .map((column) => this.cast(column, place))
      .join(', ');
  }

  /**
   * Writes the next version of a client, unless another writer changed it first. The registration access token stays unless the value
   * `newToken` is given.
   *
   * @param append the part that writes the journal
   */
  update(append: Part): PreparedText[] {
    const columns = this.database.columns(Client).filter(({ property }) => !FIXED.has(property));
    return changeTexts(
      this.database.dialect,
      (place) =>
        `UPDATE ${this.client} SET ${columns.map((column) => `${column.name} = ${this.next(column, place)}`).join(', ')} WHERE ${this.isCurrent(place)}`,
      [this.removeStaleTerms, this.addTerms, this.removeEndedSecrets, this.setExpiries, this.addSecrets, append],
    );
  }

  /**
   * Removes a client, and so its terms and secrets, unless another writer changed it first.
   *
   * @param append the part that writes the journal
   * @param bury the part that copies the client to a tombstone; left out when it need not be restorable
   * @param condition an additional condition. Default none
   */
  remove(append: Part, bury?: Part, condition?: (place: Placeholder) => string): PreparedText[] {
    const { dialect } = this.database;
    const row = (place: Placeholder) =>
      `DELETE FROM ${this.client} WHERE ${[this.isCurrent(place), ...(condition ? [condition(place)] : [])].join(' AND ')}`;
    if (!bury) return changeTexts(dialect, row, [append]);
    if (dialect.writesAtOnce) return changeTexts(dialect, row, [bury, append]);
    // Without writesAtOnce the statements run one after the other, so the client must be copied before it is removed.
    const where = (place: Placeholder) => (condition ? ` WHERE ${condition(place)}` : '');
    const keeping = preparedText(dialect, (place) =>
      bury(`(SELECT ${place('id')} AS id${where(place)}) AS written`, place),
    );
    return [keeping, ...changeTexts(dialect, row, [append])];
  }

  /** Ends the former registration access token of a client whose current one was used. No new version: no answer shows the difference. */
  endFormerToken(): PreparedText {
    const [digest, former] = [...OF_TOKEN].map(
      (name) => this.database.columns(Client).find(({ property }) => property === name)?.name,
    );
    return preparedText(
      this.database.dialect,
      (place) =>
        `UPDATE ${this.client} SET ${former} = NULL WHERE id = ${place('id')} AND tag = ${place('tag')} AND ${digest} = ${place('digest')}`,
    );
  }

  /** Returns the value of a column in the next version. */
  private next(column: EntityColumn, place: Placeholder): string {
    if (!OF_TOKEN.has(column.property)) return this.cast(column, place);
    return `CASE WHEN CAST(${place('newToken')} AS varchar) IS NULL THEN ${column.name} ELSE ${this.cast(column, place)} END`;
  }

  private cast({ property, type }: EntityColumn, place: Placeholder): string {
    return `CAST(${place(property)} AS ${type})`;
  }

  private isCurrent(place: Placeholder): string {
    return `id = ${place('id')} AND version = CAST(${place('currentVersion')} AS integer) AND tag = ${place('tag')}`;
  }

  /** Returns the entries of a list that is passed as JSON, so that the statement is the same for every length of the list. */
  private each(list: 'terms' | 'added' | 'kept', place: Placeholder): string {
    return this.database.dialect.rowsOf(place(list));
  }

  /** Adds the terms of a client that has none yet. No conflict check: that would take PostgreSQL as long as the insert. */
  private readonly addFirstTerms: Part = (written, place) =>
    `INSERT INTO ${this.term} (kind, value, client_id) SELECT item.value ->> 0, item.value ->> 1, written.id FROM ${written}, ${this.each('terms', place)}`;

  private readonly addTerms: Part = (written, place) =>
    `${this.addFirstTerms(written, place)} WHERE true ON CONFLICT DO NOTHING`;

  // Compares kind and value as one text: SQLite looks up a single value in a list by index, but a row value by scanning the list.
  private readonly removeStaleTerms: Part = (written, place) =>
    `DELETE FROM ${this.term} WHERE client_id = (SELECT id FROM ${written}) AND kind || ' ' || value NOT IN (SELECT (item.value ->> 0) || ' ' || (item.value ->> 1) FROM ${this.each('terms', place)})`;

  private readonly addSecrets: Part = (written, place) => {
    const columns = this.database.columns(ClientSecret);
    const values = columns.map(({ property, type }) => `CAST(item.value ->> '${property}' AS ${type})`).join(', ');
    return `INSERT INTO ${this.secret} (${namesOf(columns)}) SELECT ${values} FROM ${written}, ${this.each('added', place)}`;
  };

  /** Adds the row of last uses: the client is unused from now on. */
  private readonly addUse: Part = (written, place) =>
    `INSERT INTO ${this.use} (client_id, unused_since) SELECT written.id, CAST(${place('updatedAt')} AS varchar) FROM ${written}`;

  private readonly removeEndedSecrets: Part = (written, place) =>
    `DELETE FROM ${this.secret} WHERE client_id = (SELECT id FROM ${written}) AND id NOT IN (SELECT item.value ->> 'id' FROM ${this.each('kept', place)})`;

  private readonly setExpiries: Part = (written, place) => {
    const expiry = `CAST(item.value ->> 'expiresAt' AS bigint)`;
    return `UPDATE ${this.secret} AS known SET expires_at = ${expiry} FROM ${written}, ${this.each('kept', place)} WHERE known.client_id = written.id AND known.id = item.value ->> 'id' AND known.expires_at <> ${expiry}`;
  };

  /** Writes the row of a change into the journal. */
  readonly appendChange: Part = (written, place) => appendChange(this.database, written, place, false);

  /** As {@link appendChange}, for a client that may be older than the journal. */
  readonly beginJournal: Part = (written, place) => appendChange(this.database, written, place, true);
}
