import type { Part, Placeholder } from '../../database/sql/change-texts.js';
import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { Client } from './client.entity.js';
import { Tombstone } from './tombstone.entity.js';

/** Columns of a tombstone whose values the database generates. */
const NUMBERED = new Set<string>(['seq'] satisfies (keyof Tombstone)[]);
/** Columns whose values come from the removal, with the names of those values. */
const OF_CHANGE: Partial<Record<string, string>> = {
  version: 'version',
  deletedAt: 'change.at',
  deletedBy: 'change.actor',
} satisfies Partial<Record<keyof Tombstone, string>>;

/** The texts of statements, and of parts of statements, on removed clients. */
export class TombstoneSql {
  private readonly tombstone: string;

  constructor(private readonly database: PreparedDatabase) {
    this.tombstone = database.table(Tombstone);
  }

  /** Copies a client with its secrets. It runs before the removal, or in the same statement, which still sees the client. */
  readonly bury: Part = (written, place) => {
    const columns = this.database.columns(Tombstone).filter(({ property }) => !NUMBERED.has(property));
    const values = columns.map(({ property, type }) => {
      const ofChange = OF_CHANGE[property];
      if (ofChange !== undefined) return `CAST(${place(ofChange)} AS ${type})`;
      return property === 'secrets' ? `(${this.secretRows()})` : `client.${this.columnOf(property)}`;
    });
    return `INSERT INTO ${this.tombstone} (${columns.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${this.database.table(Client)} AS client, ${written} WHERE client.id = written.id AND client.version = CAST(${place('currentVersion')} AS integer) AND client.tag = ${place('tag')}`;
  };

  /** Returns the condition that the tombstone is still the newest of its client_id. */
  isNewest(place: Placeholder): string {
    return `CAST(${place('seq')} AS bigint) = (SELECT max(seq) FROM ${this.tombstone} WHERE client_id = ${place('id')})`;
  }

  /** Deletes the tombstone of a restored client. */
  readonly end: Part = (written, place) =>
    `DELETE FROM ${this.tombstone} WHERE seq = CAST(${place('seq')} AS bigint) AND client_id = (SELECT id FROM ${written})`;

  /** Selects the newest tombstone of a client_id, with all columns, while its client can be restored. */
  newest(place: Placeholder): string {
    const columns = this.database.columns(Tombstone).map(({ name, property }) => `${name} AS "${property}"`);
    return `SELECT * FROM (SELECT ${columns.join(', ')} FROM ${this.tombstone} WHERE client_id = ${place('id')} ORDER BY seq DESC LIMIT 1) AS newest WHERE "deletedAt" >= ${place('since')}`;
  }

  /** Selects a row when the client that can be restored under the id belongs to another owner. */
  ofAnotherOwner(place: Placeholder): string {
    return `${this.newest(place)} AND owner <> ${place('owner')}`;
  }

  /** Selects a row when a client of the id was removed after the one with this tombstone. */
  newer(place: Placeholder): string {
    return `SELECT seq FROM ${this.tombstone} WHERE client_id = ${place('id')} AND seq > CAST(${place('seq')} AS bigint) LIMIT 1`;
  }

  /** Deletes a batch of tombstones older than a given time. */
  sweep(before: string, most: number): string {
    return `DELETE FROM ${this.tombstone} WHERE seq IN (SELECT seq FROM ${this.tombstone} WHERE deleted_at < ${before} ORDER BY deleted_at LIMIT ${most})`;
  }

  private secretRows(): string {
    const members = this.database
      .columns(ClientSecret)
      .map(({ name, property }) => [property, `secret.${name}`] as const);
    return `SELECT ${this.database.dialect.objectsOf(members)} FROM ${this.database.table(ClientSecret)} AS secret WHERE secret.client_id = client.id`;
  }

  /** Returns the column of a client that a member of its tombstone copies. */
  private columnOf(property: string): string {
    const of = property === 'clientId' ? 'id' : property;
    const column = this.database.columns(Client).find((one) => one.property === of);
    if (!column) throw new Error(`A client has no ${of}.`);
    return column.name;
  }
}
