import { beforeAll, describe, expect, it } from '@jest/globals';
import { PreparedDatabase, type Query } from '../src/database/sql/prepared-database.js';
import { readChangesQuery } from '../src/journal/reading/changes.query.js';
import { ChangesStatements } from '../src/journal/reading/changes.statements.js';
import { HistoryStatements } from '../src/journal/reading/history.statements.js';
import { stateQuery, type Moment } from '../src/journal/reading/state-query.js';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { rowsLookedAt } from './support/plans.js';
import { useService } from './support/use.js';

const CHANGES = 20_000;
/** Most rows that a statement may look at: the candidates of a page, each beside its terms, and the rows of the page. */
const MOST_ROWS = 4000;
const SERIES = `WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${CHANGES})`;
const DIGITS = 'substr(CAST(100000 + i AS text), 2)';

/** Terms of all changes: broad ones, and one that every client has of its own. */
const TERMS: [kind: string, value: string][] = [
  ['kind', `'client.updated'`],
  ['member', `'client_name'`],
  ['owner', `'broad'`],
  ['actor', `'robot'`],
  ['client_id', `'client' || (i % 2)`],
];

const FILTERS = ['', 'client_id=client1', 'actor=robot', 'kind=client.updated', 'member=client_name'];
const TIMES = ['after=2026-01-01T00:00:05Z', 'before=2026-01-01T00:00:15Z'];
const COMBINED = [
  'kind=client.updated&member=client_name',
  `kind=client.updated&${TIMES.join('&')}`,
  'member=none&kind=client.updated',
];

describe.each(DATABASES)('a read of a journal of 20,000 changes, on $database', ({ isPostgres, open }) => {
  const service = useService(startStandalone, open);
  let statements: ChangesStatements;

  beforeAll(async () => {
    statements = service.get(ChangesStatements);
    const { dataSource } = service;
    await dataSource.query(
      `INSERT INTO oauth2_client_change (id, client_id, tag, version, owner, at, kinds, document, secrets, actor, members, position, sealed_at, seal)
       ${SERIES} SELECT '', 'client' || (i % 2), 'tag', i, 'broad', '2026-01-01T00:00:' || substr(${DIGITS}, 1, 2) || '.' || substr(${DIGITS}, 3, 3) || 'Z', '[]', '{"padding":"${'x'.repeat(300)}"}', '[]', '{}', '[]', i,
       '2026-01-01T00:00:' || substr(${DIGITS}, 1, 2) || '.' || substr(${DIGITS}, 3, 3) || 'Z', '' FROM series`,
    );
    for (const [kind, value] of TERMS)
      await dataSource.query(
        `INSERT INTO oauth2_client_change_term (kind, value, position) ${SERIES} SELECT '${kind}', ${value}, i FROM series`,
      );
    if (isPostgres) await dataSource.query('ANALYZE');
  });

  /** Fails when a statement looks at more rows than it needs. */
  async function expectFlat({ text, values }: Query): Promise<void> {
    if (isPostgres) {
      expect(await rowsLookedAt(service.database.url, { text, values })).toBeLessThanOrEqual(MOST_ROWS);
      return;
    }
    const rows = await service.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${text}`, [...values]);
    const steps = rows.map(({ detail }) => detail);
    expect(steps.filter((step) => /^SCAN (oauth2_client|found_change|candidate)|\(kind=\?\)/.test(step))).toEqual([]);
    // A search narrows the range of positions, or reads the changes of one client in their order.
    const searches = steps.filter((step) => /^SEARCH (oauth2_client|found_change|candidate)/.test(step));
    expect(searches).not.toEqual([]);
    for (const step of searches) expect(step).toMatch(/(position[<>=]\?|client_id=\?|sealed_at[<>]\?|rowid=\?)/);
  }

  it.each([...FILTERS, ...TIMES, ...COMBINED])('of all clients is flat with the filter %j', async (filter) => {
    for (const owner of [undefined, 'broad', 'none'])
      for (const sort of ['position', '-position']) {
        const read = (more: Record<string, string> = {}) =>
          readChangesQuery(
            new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(filter)), sort, ...more }),
            owner,
          );
        const first = read();
        const later = read({ page_token: first.page('10000').get('page_token') ?? '' });
        for (const query of [first, later]) {
          const bounds = await statements.bounds(query);
          if (!bounds) throw new Error('The times that the filters name are those of changes.');
          const search = await statements.search(query);
          if (search) await expectFlat(statements.select(search.query, search));
          if (query.terms.length > 1) await expectFlat(statements.count(query, bounds));
        }
      }
  });

  it.each(TIMES)(
    'of all clients names one bound on each side, the narrower one, with the filter %j',
    async (filter) => {
      for (const sort of ['position', '-position'])
        for (const place of [undefined, '1', '10000', '19999']) {
          const parameters = new URLSearchParams(`${filter}&sort=${sort}`);
          const first = readChangesQuery(parameters);
          const query = { ...first, from: place };
          const bounds = await statements.bounds(query);
          const { text, values } = statements.select(query, bounds ?? { first: undefined, last: undefined });
          expect(text.match(/position >=? /g) ?? []).toHaveLength(1);
          expect((text.match(/position <=? /g) ?? []).length).toBeLessThanOrEqual(1);
          const found = await service.dataSource.query<{ position: string | number }[]>(text, [...values]);
          const [low, high] = [Number(bounds?.first ?? 1), Number(bounds?.last ?? CHANGES)];
          const begin =
            sort === 'position'
              ? Math.max(low, Number(place ?? 0) + 1)
              : Math.min(high, Number(place ?? CHANGES + 1) - 1);
          const end = sort === 'position' ? Math.min(high, begin + 100) : Math.max(low, begin - 100);
          const expected = begin < low || begin > high ? [] : [begin, end];
          expect(found.length === 0 ? [] : [found[0], found.at(-1)].map((row) => Number(row?.position))).toEqual(
            expected,
          );
        }
    },
  );

  it('of the first and the last change of a time is flat', async () => {
    await expectFlat(statements.placeAt('>', '2026-01-01T00:00:05.000Z'));
    await expectFlat(statements.placeAt('<', '2026-01-01T00:00:15.000Z'));
  });

  it.each([
    ['the first page', {}],
    ['a later page', { before: 10_000 }],
    ['one life', { tag: 'tag' }],
    ['one owner', { owner: 'broad' }],
  ])('of the history of one client is flat, %s', async (_, wanted) => {
    const history = new HistoryStatements(service.get(PreparedDatabase));
    await expectFlat(history.select({ clientId: 'client1', ...wanted }, 101, ['document']));
  });

  it.each([
    ['the first version', { version: 1 }],
    ['the last version', { version: CHANGES - 1 }],
    ['a version that it never had', { version: 2 }],
    ['a version of one life', { tag: 'tag', version: 5001 }],
    ['a time', { until: '2026-01-01T00:00:05.000Z' }],
  ])('of one client at %s is flat', async (_, moment) => {
    await expectFlat(stateQuery(service.get(PreparedDatabase), { clientId: 'client1', ...moment }));
  });

  it('of one client finds the state at every version and time of each of its lives', async () => {
    const time = (second: number) => `2026-01-01T00:01:${String(second).padStart(2, '0')}.000Z`;
    // Two versions a second, one version is unknown, and another client changes between them.
    const rows = ['first', 'second', 'third'].flatMap((tag, life) =>
      [1, 2, 4, 5, 6].map((version) => ({ tag, version, at: time(life * 10 + Math.floor(version / 2)) })),
    );
    for (const { tag, version, at } of rows)
      for (const id of ['lives', 'other'])
        await service.dataSource.query(
          `INSERT INTO oauth2_client_change (id, client_id, tag, version, owner, at, kinds, document, secrets, actor, members) VALUES ('', '${id}', '${tag}', ${version}, '', '${at}', '[]', '{}', '[]', '{}', '[]')`,
        );
    const history = new HistoryStatements(service.get(PreparedDatabase));
    const found = async (moment: Moment, tag?: string) => {
      const change = await history.at({ clientId: 'lives', tag, ...moment });
      return change && { tag: change.tag, version: change.version, at: change.at };
    };
    for (const tag of ['first', 'second', 'third', 'none']) {
      const life = rows.filter((row) => row.tag === tag);
      for (const version of [0, 1, 2, 3, 4, 5, 6, 7])
        expect(await found({ version }, tag)).toEqual(life.find((row) => row.version === version));
      for (let second = 0; second < 25; second += 1)
        expect(await found({ until: time(second) }, tag)).toEqual(life.findLast(({ at }) => at <= time(second)));
    }
    for (let second = 0; second < 25; second += 1)
      expect(await found({ until: time(second) })).toEqual(rows.findLast(({ at }) => at <= time(second)));
  });
});
