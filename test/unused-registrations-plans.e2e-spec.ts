import { beforeAll, describe, expect, it } from '@jest/globals';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { UnusedClientStatements } from '../src/registration/sweeping/unused-client.statements.js';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { rowsLookedAt } from './support/plans.js';
import { useService } from './support/use.js';

const CLIENTS = 20_000;
const SERIES = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${CLIENTS})`;
/** Most rows that a statement may look at: those that it finds, with what it looks up for each. */
const MOST_ROWS = 1000;
const MOST = 100;
/** About as long as that of a client. */
const DOCUMENT = JSON.stringify({ client_name: 'x'.repeat(1400) });

describe.each(DATABASES)('the look for unused clients among 20,000, on $database,', ({ isPostgres, open }) => {
  const service = useService(startStandalone, open);

  beforeAll(async () => {
    const { dataSource } = service;
    const insert = (into: string, values: string) =>
      dataSource.query(`INSERT INTO ${into} ${SERIES} SELECT ${values} FROM series`);
    await insert(
      'oauth2_client (id, version, shape, tag, document, owner, name, auth_method, created_at, updated_at, registration_token_digest)',
      `'client' || i, 1, 1, 'tag', '${DOCUMENT}', '', '', '', '', '', ''`,
    );
    // 100 are unused since 2020, and the others since 2024; half of both came by the policy.
    await insert(
      'oauth2_client_use (client_id, unused_since)',
      `'client' || i, CASE WHEN i <= 100 THEN '2020' ELSE '2024' END || '-01-01T00:00:00.000Z'`,
    );
    await insert(
      'oauth2_client_term (kind, value, client_id)',
      `'via_policy', CASE WHEN i % 1000 = 0 THEN 'quota' WHEN i % 2 = 0 THEN 'default' ELSE 'others' END, 'client' || i`,
    );
    await insert(
      'oauth2_client_change (id, client_id, tag, version, owner, at, kinds, document, secrets, actor, members)',
      `'', 'client' || i, 'tag', 1, '', '', '[]', '{}', '[]', '{"type":"registration"}', '[]'`,
    );
    if (isPostgres) await dataSource.query('ANALYZE');
  });

  it.each([
    ['few are', '2021-01-01T00:00:00.000Z', 50],
    ['all are', '2025-01-01T00:00:00.000Z', MOST],
  ])('looks at no more than it finds when %s unused', async (_, before, count) => {
    const statements = new UnusedClientStatements(service.get(PreparedDatabase), { retention: '720h' });
    for (const after of [undefined, { unusedSince: '2020-01-01T00:00:00.000Z', id: '' }]) {
      const query = { policy: 'default', before, after, most: MOST };
      expect(await statements.find(query, service.get(PreparedDatabase))).toHaveLength(count);
      const select = statements.select(query);
      if (isPostgres) {
        expect(await rowsLookedAt(service.database.url, select)).toBeLessThanOrEqual(MOST_ROWS);
        continue;
      }
      const steps = await service.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${select.text}`, [
        ...select.values,
      ]);
      const details = steps.map(({ detail }) => detail);
      expect(details.filter((detail) => /^SCAN|TEMP B-TREE/.test(detail))).toEqual([]);
      expect(details[0]).toMatch(/^SEARCH used USING .*unused_since/);
    }
  });

  it('looks at no more than the clients of a policy for one that makes room', async () => {
    const statements = new UnusedClientStatements(service.get(PreparedDatabase), { retention: '720h' });
    const before = '2025-01-01T00:00:00.000Z';
    expect(await statements.findNeverUsed('quota', before, service.get(PreparedDatabase))).toHaveLength(10);
    const select = statements.selectNeverUsed('quota', before);
    if (isPostgres) {
      expect(await rowsLookedAt(service.database.url, select)).toBeLessThanOrEqual(MOST_ROWS);
      return;
    }
    const steps = await service.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${select.text}`, [
      ...select.values,
    ]);
    expect(steps.filter(({ detail }) => detail.startsWith('SCAN'))).toEqual([]);
  });
});
