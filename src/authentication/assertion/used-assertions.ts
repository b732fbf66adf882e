import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PreparedDatabase, statementName, type Query } from '../../database/sql/prepared-database.js';
import { UsedAssertion } from './used-assertion.entity.js';

/** Most rows that one statement removes. */
const BATCH = 500;

/** The statements on assertions that were used. */
@Injectable()
export class UsedAssertions {
  private readonly inserting: Omit<Query, 'values'>;
  private readonly sweeping: Omit<Query, 'values'>;

  constructor(private readonly database: PreparedDatabase) {
    const table = database.table(UsedAssertion);
    const { parameter } = database.dialect;
    const columns = database.columns(UsedAssertion);
    const names = columns.map(({ name }) => name).join(', ');
    const values = columns.map(({ type }, at) => `CAST(${parameter(at + 1)} AS ${type})`).join(', ');
    const prepared = (label: string, text: string) => ({ name: statementName(label, text), text });
    this.inserting = prepared(
      'assertion_use',
      `INSERT INTO ${table} (${names}) VALUES (${values}) ON CONFLICT DO NOTHING`,
    );
    const key = 'client_id, jti_digest';
    this.sweeping = prepared(
      'assertion_sweep',
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE expires_at < CAST(${parameter(1)} AS bigint) ORDER BY expires_at LIMIT ${BATCH})`,
    );
  }

  /**
   * Notes that an assertion was used.
   *
   * @param expiresAt from when on it is refused for its age, in seconds since the epoch
   * @returns false when that was noted before; of several processes that note it one is told true
   * @throws OAuthError 503 when the database cannot answer
   */
  use(clientId: string, jti: string, expiresAt: number): Promise<boolean> {
    const digest = createHash('sha256').update(jti).digest('base64url');
    return this.database.change([{ ...this.inserting, values: [clientId, digest, expiresAt] }]);
  }

  /**
   * Forgets some assertions that expired before a time.
   *
   * @param before in seconds since the epoch
   * @returns whether there were any: then there may be more
   */
  sweep(before: number): Promise<boolean> {
    return this.database.change([{ ...this.sweeping, values: [before] }]);
  }
}
