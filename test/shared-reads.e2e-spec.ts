import { describe, expect, it } from '@jest/globals';
import { ClientsService, SecretsService } from '../src/index.js';
import { PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { runInTransaction } from '../src/clients/store/run-in-transaction.js';
import { ALL_SETTINGS } from './support/app.js';
import { spyOnReads } from './support/reads.js';
import { useService } from './support/use.js';

const CLIENTS = 150;
const SETTINGS_HERE = ALL_SETTINGS.filter(({ isStandalone }) => isStandalone);
const ids = Array.from({ length: CLIENTS }, (_, at) => `client-${at}`);
/** Ids that have no client. No client can have three of them, and these could break the statement of the others. */
const STRANGE = [
  'nobody',
  '',
  'client-1\0',
  'x'.repeat(256),
  '{client-1}',
  '"client-1"',
  'client-1,client-2',
  '\ud800',
];

/** Names of the statements that read them; what the service does in the background has others. */
const OF_ONE = /^oauth2_client_(find|load|secret_valid)_/;

describe.each(SETTINGS_HERE)('reads of single clients at the same time, $setting', ({ start, open, isPostgres }) => {
  const service = useService(start, open);
  const clients = () => service.get(ClientsService);

  async function fill(): Promise<void> {
    for (const id of ids) await clients().create({ client_id: id, client_name: id, client_secret: `secret of ${id}` });
  }

  /** What `work` returns, and how many reads of single clients and of their secrets reached the database. */
  async function counting<T>(work: () => Promise<T>): Promise<{ result: T; statements: number }> {
    const database = service.get(PreparedDatabase);
    const spies = await spyOnReads(database);
    try {
      const result = await work();
      const calls = spies.flatMap(({ mock }) => mock.calls);
      return { result, statements: calls.filter(([{ name = '' }]) => OF_ONE.test(name)).length };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  it('give each caller its own client, from one statement for at most 100 where that saves round trips', async () => {
    await fill();
    const asked = [...ids, ...STRANGE, 'client-7', 'client-7'];
    const { result, statements } = await counting(() =>
      Promise.all(
        asked.map((id) =>
          clients()
            .get(id)
            .then(
              ({ json }) => (JSON.parse(json) as { client_name: string }).client_name,
              ({ status }: { status: number }) => status,
            ),
        ),
      ),
    );
    expect(result).toEqual(asked.map((id) => (ids.includes(id) ? id : 404)));
    expect(statements).toBe(isPostgres ? 2 : asked.length - 3);
  });

  it('check the secret of the client that presents it, and of nobody else', async () => {
    const secrets = service.get(SecretsService);
    const pairs = ids.slice(0, 20).flatMap((id, at) => [
      { id, presented: `secret of ${id}`, right: true },
      { id, presented: `secret of ${ids[at + 1]}`, right: false },
    ]);
    const strange = STRANGE.map((id) => ({ id, presented: 'secret of client-1', right: false }));
    const all = [...pairs, ...strange];
    // Each right one is read again after its first comparison.
    for (const { id, presented, right } of pairs) if (right) await secrets.verify(id, presented);
    const { result, statements } = await counting(() =>
      Promise.all(all.map(({ id, presented }) => secrets.verify(id, presented))),
    );
    expect(result).toEqual(all.map(({ right }) => right));
    // On SQLite rows that were read in this second may be kept.
    expect(statements).toBeLessThanOrEqual(isPostgres ? 1 : all.length - 3);
  });

  it('see every change that was acknowledged before they began', async () => {
    for (let round = 0; round < 20; round += 1) {
      const others = ids.map((id) => clients().get(id));
      await clients().patch('client-3', [{ op: 'replace', path: '/owner', value: `team ${round}` }]);
      const [{ json }] = await Promise.all([clients().get('client-3'), ...others]);
      expect(json).toContain(`"owner":"team ${round}"`);
    }
  });

  it('keep what a transaction has not committed to that transaction', async () => {
    const seen = await runInTransaction(service.dataSource, async (manager) => {
      await clients().patch('client-4', [{ op: 'replace', path: '/owner', value: 'inside' }], undefined, { manager });
      const reads = await Promise.all([clients().get('client-4', { manager }), clients().get('client-4')]);
      return reads.map(({ json }) => json.includes('"owner":"inside"'));
    });
    expect(seen).toEqual([true, false]);
  });
});
