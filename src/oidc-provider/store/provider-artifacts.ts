import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { requireEntities } from '../../database/sql/entity-tables.js';
import { KeyedRead } from '../../database/sql/keyed-read.js';
import {
  PreparedDatabase,
  statementName,
  type EntityColumn,
  type Query,
} from '../../database/sql/prepared-database.js';
import { ProviderArtifact } from './provider-artifact.entity.js';
import { answerable } from './provider-refusal.js';

/** Most rows that one statement removes. */
const BATCH = 500;

/** An artifact as the database returns it. */
export type StoredArtifact = Pick<ProviderArtifact, 'id' | 'payload'> & {
  /** PostgreSQL returns a bigint as text. */
  consumedAt: string | number | null;
};

/** An artifact as it is written: not consumed. */
export type NewArtifact = Omit<ProviderArtifact, 'consumedAt'>;

/** A statement that is ready for its values. */
type Prepared = (values: readonly unknown[]) => Query;

/** Returns the key under which an artifact is stored: a hash, so that the table reveals no token to its readers. */
export function keyOf(model: string, id: string): string {
  return createHash('sha256').update(`${model} ${id}`).digest('base64url');
}

/** Reads and writes the provider's artifacts. Each method rejects with a `ProviderRefusal`, 503, when the database cannot answer. */
@Injectable()
export class ProviderArtifacts {
  private readonly finding: KeyedRead<StoredArtifact>;
  private readonly findingBy: Record<'uid' | 'user_code', Prepared>;
  /** Columns that {@link saving} and {@link savingOnce} write, in the order of their placeholders. */
  private readonly written: readonly (keyof NewArtifact)[];
  private readonly saving: Prepared;
  private readonly savingOnce: Prepared;
  private readonly consuming: Prepared;
  private readonly removing: Prepared;
  private readonly revoking: Prepared;
  private readonly endingGrant: Prepared;
  private readonly sweeping: Prepared;

  /** @throws Error when the DataSource lacks the entity; its message names the line to add */
  constructor(private readonly database: PreparedDatabase) {
    requireEntities(database.dataSource, [ProviderArtifact], 'providerStoreEntities');
    const table = database.table(ProviderArtifact);
    const p = database.dialect.parameter;
    const read = `SELECT id, payload, consumed_at AS "consumedAt" FROM ${table}`;
    const latest = (column: string) => `${read} WHERE ${column} = ${p(1)} ORDER BY expires_at DESC NULLS FIRST LIMIT 1`;
    this.finding = new KeyedRead(database, {
      label: 'artifact_find',
      text: (isKey) => `${read} WHERE id ${isKey}`,
      keyOf: ({ id }) => id,
      isUnique: true,
    });
    this.findingBy = {
      uid: prepared('artifact_uid', latest('uid')),
      user_code: prepared('artifact_user_code', latest('user_code')),
    };
    const columns = database.columns(ProviderArtifact).filter(({ property }) => property !== 'consumedAt');
    this.written = columns.map(({ property }) => property as keyof NewArtifact);
    const inserting = insertInto(database, columns);
    this.saving = prepared(
      'artifact_save',
      `${inserting} DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
    );
    this.savingOnce = prepared('artifact_save_once', `${inserting} DO NOTHING`);
    this.consuming = prepared(
      'artifact_consume',
      `UPDATE ${table} SET consumed_at = CAST(${p(2)} AS bigint) WHERE id = ${p(1)} AND consumed_at IS NULL`,
    );
    this.removing = prepared('artifact_remove', `DELETE FROM ${table} WHERE id = ${p(1)}`);
    this.revoking = prepared('artifact_revoke', `DELETE FROM ${table} WHERE grant_id = ${p(1)} AND model = ${p(2)}`);
    this.endingGrant = prepared('artifact_end', `DELETE FROM ${table} WHERE grant_id = ${p(1)} OR id = ${p(2)}`);
    this.sweeping = prepared(
      'artifact_sweep',
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE expires_at < CAST(${p(1)} AS bigint) ORDER BY expires_at LIMIT ${BATCH})`,
    );
  }

  /** Looks up an artifact by its key. */
  async find(key: string): Promise<StoredArtifact | undefined> {
    return (await answerable(this.finding.rows(key, this.database)))[0];
  }

  /** Looks up by `uid` or `user_code`; of several artifacts, returns the one that ends last. */
  findBy(column: 'uid' | 'user_code', value: string): Promise<StoredArtifact | undefined> {
    return answerable(this.database.row(this.findingBy[column]([value])));
  }

  /** Writes an artifact, or its new state; a consumed artifact stays consumed. */
  save(artifact: NewArtifact): Promise<boolean> {
    return this.change(this.saving(this.written.map((member) => artifact[member])));
  }

  /** Writes an artifact; returns false when its key is already stored. */
  saveOnce(artifact: NewArtifact): Promise<boolean> {
    return this.change(this.savingOnce(this.written.map((member) => artifact[member])));
  }

  /**
   * Marks an artifact as used.
   *
   * @param at in seconds since the epoch
   * @returns false when it was already used, or does not exist; of several concurrent callers, exactly one gets true
   */
  consume(key: string, at: number): Promise<boolean> {
    return this.change(this.consuming([key, at]));
  }

  /** Removes an artifact. */
  remove(key: string): Promise<boolean> {
    return this.change(this.removing([key]));
  }

  /** Removes the artifacts of one model that belong to a grant. */
  revoke(grantId: string, model: string): Promise<boolean> {
    return this.change(this.revoking([grantId, model]));
  }

  /** Removes a grant and all artifacts that belong to it. */
  endGrant(grantId: string): Promise<boolean> {
    return this.change(this.endingGrant([grantId, keyOf('Grant', grantId)]));
  }

  /**
   * Removes some artifacts that ended before a time.
   *
   * @param before in seconds since the epoch
   * @returns whether any were removed: then there may be more
   */
  sweep(before: number): Promise<boolean> {
    return this.change(this.sweeping([before]));
  }

  private change(query: Query): Promise<boolean> {
    return answerable(this.database.change([query]));
  }
}

function prepared(label: string, text: string): Prepared {
  const name = statementName(label, text);
  return (values) => ({ name, text, values });
}

/** Returns the beginning of the statement that inserts an artifact, up to the action for a key that is already stored. */
function insertInto(database: PreparedDatabase, columns: readonly EntityColumn[]): string {
  const names = columns.map(({ name }) => name).join(', ');
  const values = columns.map(({ type }, at) => `CAST(${database.dialect.parameter(at + 1)} AS ${type})`).join(', ');
  return `INSERT INTO ${database.table(ProviderArtifact)} (${names}) VALUES (${values}) ON CONFLICT (id)`;
}
