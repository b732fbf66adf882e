import { beforeAll, describe, expect, it } from '@jest/globals';
import { TombstoneListStatements } from '../src/clients/tombstones/tombstone-list.statements.js';
import { readTombstonesQuery } from '../src/clients/tombstones/tombstones.query.js';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { rowsLookedAt } from './support/plans.js';
import { useService } from './support/use.js';

const REMOVED = 20_000;
const SERIES = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${REMOVED})`;
const NOW = new Date().toISOString();
/** Most rows that a statement may look at: those of a page with what it looks up for each, and those of other owners between them. */
const MOST_ROWS = 1000;

describe.each(DATABASES)('a page of 20,000 removed clients, on $database,', ({ isPostgres, open }) => {
  const service = useService(startStandalone, open);

  beforeAll(async () => {
    const { dataSource } = service;
    // Half are lives of one id. Three owners have about as many, and one the ten oldest. All ids but the one are those of living clients, too.
    await dataSource.query(
      `INSERT INTO oauth2_client_tombstone (client_id, tag, version, owner, document, secrets, registration_token_digest, created_at, deleted_at, deleted_by)
       ${SERIES} SELECT CASE i % 2 WHEN 0 THEN 'one' ELSE 'client' || i END, 'tag', 2, CASE WHEN i <= 10 THEN 'rare' ELSE 'owner' || (i % 3) END, '{}', '[]', '', '${NOW}', '${NOW}', '{}' FROM series`,
    );
    await dataSource.query(
      `INSERT INTO oauth2_client (id, version, shape, tag, document, owner, name, auth_method, created_at, updated_at, registration_token_digest)
       ${SERIES} SELECT 'client' || i, 1, 1, 'tag', '{}', '', '', '', '${NOW}', '${NOW}', '' FROM series`,
    );
    if (isPostgres) await dataSource.query('ANALYZE');
  });

  it.each(['', 'owner=owner1', 'client_id=one', 'client_id=one&owner=owner1', 'client_id=client1', 'owner=rare'])(
    'looks at no more than it shows, with the filter %j',
    async (filter) => {
      for (const more of ['', readTombstonesQuery(new URLSearchParams(filter)).page('9000').toString()]) {
        const query = readTombstonesQuery(new URLSearchParams(`${filter}&${more}`));
        const select = service.get(TombstoneListStatements).select(query);
        if (isPostgres) {
          expect(await rowsLookedAt(service.database.url, select)).toBeLessThanOrEqual(MOST_ROWS);
          continue;
        }
        const steps = await service.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${select.text}`, [
          ...select.values,
        ]);
        const details = steps.map(({ detail }) => detail);
        expect(details.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
        const index = query.clientId !== undefined ? 'client_id=?' : query.owners.length > 0 ? 'owner=?' : '';
        expect(details[0]).toMatch(
          index || more ? new RegExp(`^SEARCH tombstone USING .*\\(${index}`) : /^SCAN tombstone$/,
        );
        expect(details.slice(1).filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
      }
    },
  );
});
