import type { Part, Placeholder } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { Client } from './client.entity.js';
import { Tombstone } from './tombstone.entity.js';

/** Columns of a tombstone that the database numbers. */
const NUMBERED = new Set<string>(['seq'] satisfies (keyof Tombstone)[]);
/** Values of the removal, by the names that they have in the row of its change. */
const OF_CHANGE: Partial<Record<string, string>> = {
  version: 'version',
  deletedAt: 'change.at',
  deletedBy: 'change.actor',
} satisfies Partial<Record<keyof Tombstone, string>>;

/** The texts of the parts of statements that are about removed clients. */
export class TombstoneSql {
  private readonly tombstone: string;

  constructor(private readonly database: PreparedDatabase) {
    this.tombstone = database.table(Tombstone);
  }

  /** Copies a client with its secrets; the client is still there, or the statement that removes it sees it as it was. */
  readonly bury: Part = (written, place) => {
    const columns = this.database.columns(Tombstone).filter(({ property }) => !NUMBERED.has(property));
    const values = columns.map(({ property, type }) => {
      const ofChange = OF_CHANGE[property];
      if (ofChange !== undefined) return `CAST(${place(ofChange)} AS ${type})`;
      return property === 'secrets' ? `(${this.secretRows()})` : `client.${this.columnOf(property)}`;
    });
    return `INSERT INTO ${this.tombstone} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${this.database.table(Client)} AS client, ${written} WHERE client.id = written.id AND client.version = CAST(${place('currentVersion')} AS integer) AND client.tag = ${place('tag')}`;
  };

  /** Is the tombstone still the newest of its client_id? */
  isNewest(place: Placeholder): string {
    return `CAST(${place('seq')} AS bigint) = (SELECT max(seq) FROM ${this.tombstone} WHERE client_id = ${place('id')})`;
  }

  /** Ends the tombstone of a client that came back. */
  readonly end: Part = (written, place) =>
    `DELETE FROM ${this.tombstone} WHERE seq = CAST(${place('seq')} AS bigint) AND client_id = (SELECT id FROM ${written})`;

  /** The newest tombstone of a client_id, with all columns, while the client can be restored. */
  newest(place: Placeholder): string {
    const columns = this.database.columns(Tombstone).map(({ name, property }) => `${name} AS "${property}"`);
    return `SELECT * FROM (SELECT ${columns.join(', ')} FROM ${this.tombstone} WHERE client_id = ${place('id')} ORDER BY seq DESC LIMIT 1) AS newest WHERE "deletedAt" >= ${place('since')}`;
  }

  /** Selects a row when the client that can be restored under the id is not of this owner. */
  ofAnotherOwner(place: Placeholder): string {
    return `${this.newest(place)} AND owner <> ${place('owner')}`;
  }

  /** Selects a row when a client of the id was removed after the one with this tombstone. */
  newer(place: Placeholder): string {
    return `SELECT seq FROM ${this.tombstone} WHERE client_id = ${place('id')} AND seq > CAST(${place('seq')} AS bigint) LIMIT 1`;
  }

  /** Ends some tombstones that are older than a time. */
  sweep(before: string, most: number): string {
    return `DELETE FROM ${this.tombstone} WHERE seq IN (SELECT seq FROM ${this.tombstone} WHERE deleted_at < ${before} ORDER BY deleted_at LIMIT ${most})`;
  }

  private secretRows(): string {
    const members = this.database
      .columns(ClientSecret)
      .map(({ name, property }) => [property, `secret.${name}`] as const);
    return `SELECT ${this.database.dialect.objectsOf(members)} FROM ${this.database.table(ClientSecret)} AS secret WHERE secret.client_id = client.id`;
  }

  /** The column of a client that a member of its tombstone copies. */
  private columnOf(property: string): string {
    const of = property === 'clientId' ? 'id' : property;
    const column = this.database.columns(Client).find((one) => one.property === of);
    if (!column) throw new Error(`A client has no ${of}.`);
    return column.name;
  }
}
