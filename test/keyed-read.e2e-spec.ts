import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Candidates } from '../src/authentication/candidates.js';
import type { Query } from '../src/database/sql/prepared-database.js';
import { startStandalone } from './support/app.js';
import { POSTGRES } from './support/databases.js';
import { rowsLookedAt } from './support/plans.js';
import { useService } from './support/use.js';

/** So few, as long as clients are, that PostgreSQL would rather read all of them than look up a hundred. */
const CLIENTS = 300;
const RUNS = 20;
/** Executions of a prepared statement that PostgreSQL plans for their values, before it considers a plan for all values. */
const PLANNED_ANEW = 5;

describe('a statement for all clients that authenticate at a moment, on PostgreSQL', () => {
  const service = useService(startStandalone, POSTGRES.open);
  const statement = (count: number): Query =>
    service.get(Candidates).read.query(Array.from({ length: count }, (_, at) => `client ${at}`));

  beforeAll(async () => {
    const { dataSource } = service;
    await dataSource.query(
      `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
       SELECT 'client ' || i, 1, 1, 'tag', repeat('x', 1400), '', '', 'none', '', '', '' FROM generate_series(0, ${CLIENTS - 1}) AS i`,
    );
    await dataSource.query(
      `INSERT INTO oauth2_client_secret (id, client_id, hash, created_at, expires_at) SELECT id, id, repeat('x', 100), '', 0 FROM oauth2_client`,
    );
    await dataSource.query('ANALYZE');
  });

  it('reads no rows but the clients when it asks for their versions alone', async () => {
    const versions = service.get(Candidates).read.versions?.query(['client 1', 'client 2']);
    expect(versions && (await rowsLookedAt(service.database.url, versions))).toBe(2);
  });

  it.each([1, 10, 100])('looks at no rows but those of the %d clients that it is for', async (count) => {
    expect(await rowsLookedAt(service.database.url, statement(count))).toBe(2 * count);
  });

  it.each(['\ud800', '\0'])(
    'is not asked for %j, which no client can have, so that it works for the others',
    async (id) => {
      const found = await Promise.all([id, 'client 1'].map((each) => service.get(Candidates).find(each)));
      expect(found.map((candidate) => candidate?.id)).toEqual([undefined, 'client 1']);
    },
  );

  it('is planned once, whatever the number of clients', async () => {
    const connection = new pg.Client({ connectionString: service.database.url });
    await connection.connect();
    for (let run = 1; run <= RUNS; run += 1) {
      const { name, text, values } = statement(1 + (run % 4));
      await connection.query({ name, text, values: [...values] });
    }
    const { rows } = await connection.query(
      'SELECT CAST(custom_plans AS int) AS anew, CAST(generic_plans AS int) AS same FROM pg_prepared_statements',
    );
    await connection.end();
    expect(rows).toEqual([{ anew: PLANNED_ANEW, same: RUNS - PLANNED_ANEW }]);
  });
});
