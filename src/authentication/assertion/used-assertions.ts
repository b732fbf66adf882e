import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PreparedDatabase, statementName, type Query } from '../../database/sql/prepared-database.js';
import { UsedAssertion } from './used-assertion.entity.js';

/** Maximum number of rows that one statement deletes. */
const BATCH = 500;

/** The statements on used assertions. */
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
   * Records that an assertion was used.
   *
   * @param expiresAt time from which it is rejected for its age, in seconds since the epoch
   * @returns false when its use was recorded before; of several processes that record it, one gets true
   * @throws OAuthError 503 when the database cannot answer
   */
  use(clientId: string, jti: string, expiresAt: number): Promise<boolean> {
    const digest = createHash('sha256').update(jti).digest('base64url');
    return this.database.change([{ ...this.inserting, values: [clientId, digest, expiresAt] }]);
  }

  /**
   * Deletes a batch of assertions that expired before a time.
   *
   * @param before in seconds since the epoch
   * @returns whether there were any, so that there may be more
   */
  sweep(before: number): Promise<boolean> {
    return this.database.change([{ ...this.sweeping, values: [before] }]);
  }
}
