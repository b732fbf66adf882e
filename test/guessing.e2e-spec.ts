import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { ClientAuthenticator, type OAuthError, type SecretHasher } from '../src/index.js';
import { Guesses } from '../src/authentication/guesses.js';
import { SlowTurns } from '../src/secrets/slow-turns.js';
import { SecretVerifier } from '../src/secrets/secret-hash.js';
import { SecretMatcher } from '../src/secrets/secret-matcher.js';
import { stopDate } from './support/clock.js';
import { DATABASES } from './support/databases.js';
import { startInProcess } from './support/in-process.js';
import { use } from './support/use.js';

const UNKNOWN = 200_000;
const WRONG = 10_000;
const AT_ONE_TIME = 100;
const HASHER = Symbol('hasher');
const TABLES = ['client', 'client_term', 'client_secret', 'client_change', 'client_assertion'];

/** As fast as a hasher can be: what counts here is how often it is asked. */
class FastHasher implements SecretHasher {
  compared = 0;

  hash(secret: string): Promise<string> {
    return Promise.resolve(`$plain$${secret}`);
  }

  matches(secret: string, stored: string): Promise<boolean> {
    this.compared += 1;
    return Promise.resolve(stored === `$plain$${secret}`);
  }
}

const hasher = new FastHasher();

@Module({ providers: [{ provide: HASHER, useValue: hasher }], exports: [HASHER] })
class HasherModule {}

/** An address for a number, each another one. */
const addressOf = (at: number) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;

/** What `work` makes of the numbers below `count`, some at one time. */
async function inBatches<T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count)
    results.push(...(await Promise.all(Array.from({ length: AT_ONE_TIME }, (_, more) => work(results.length + more)))));
  return results;
}

/** How often each result is there. */
function countOf(results: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

// However long it takes, all of it happens within one minute.
beforeAll(stopDate);
afterAll(() => void jest.useRealTimers());

describe('200,000 guesses for unknown clients', () => {
  const guessing = async (sourceOf: (at: number) => string) => {
    const guesses = new Guesses();
    hasher.compared = 0;
    const matcher = new SecretMatcher(new SecretVerifier(hasher), new SlowTurns());
    const outcomes = await inBatches(UNKNOWN, (at) =>
      matcher.find(`unknown-${at}`, 'wrong secret', [], guesses.of(`unknown-${at}`, sourceOf(at))).then(
        (found) => (found ? 'found' : 'wrong'),
        ({ code }: OAuthError) => code,
      ),
    );
    return { counts: countOf(outcomes), counted: guesses.size, held: matcher.size, compared: hasher.compared };
  };

  it('from one source cost 300 comparisons, and leave no more than that many counts behind', async () => {
    expect(await guessing(() => '192.0.2.1')).toEqual({
      counts: { wrong: 300, too_many_requests: UNKNOWN - 300 },
      counted: 301,
      held: 0,
      compared: 300,
    });
  });

  it('from as many sources leave 50,000 counts behind', async () => {
    expect(await guessing(addressOf)).toEqual({
      counts: { wrong: UNKNOWN },
      counted: 50_000,
      held: 0,
      compared: UNKNOWN,
    });
  });
});

describe.each(DATABASES)('10,000 wrong secrets for one client, on $database,', ({ open }) => {
  const host = use(async (keep) =>
    keep(startInProcess(await keep(open()), { imports: [HasherModule], secretHasher: HASHER })),
  );
  const attempt = (id: string, secret: string, source: string) =>
    host.context
      .get(ClientAuthenticator, { strict: false })
      .authenticate({ form: { client_id: id, client_secret: secret }, source })
      .then(
        () => 200,
        (error: OAuthError) => error.getStatus(),
      );
  const rows = async () => {
    const sums = TABLES.map((table) => `(SELECT count(*) FROM oauth2_${table})`).join(' + ');
    return Number((await host.dataSource.query<[{ total: string }]>(`SELECT ${sums} AS total`))[0].total);
  };

  it.each<[what: string, sourceOf: (at: number) => string, outcomes: Record<number, number>]>([
    ['one source', () => '192.0.2.1', { 401: 30, 429: WRONG - 30 }],
    ['as many sources', addressOf, { 401: WRONG }],
  ])('from %s do not keep the right ones out, and write nothing', async (_, sourceOf, outcomes) => {
    const { id } = await host.clients.create({
      token_endpoint_auth_method: 'client_secret_post',
      client_secret: 'remembered',
    });
    const { client_secret: generated } = await host.clientSecrets.add(id);
    await host.clientSecrets.add(id, { client_secret: 'not presented yet' });
    expect(await attempt(id, 'remembered', sourceOf(0))).toBe(200);
    const before = await rows();
    hasher.compared = 0;
    const statuses = await inBatches(WRONG, (at) => attempt(id, `wrong secret ${at}`, sourceOf(at)));
    expect(countOf(statuses)).toEqual(outcomes);
    expect(await rows()).toBe(before);
    // Two chosen secrets, which are compared one after the other.
    expect(hasher.compared).toBe(2 * (outcomes[401] ?? 0));
    expect([
      await attempt(id, 'remembered', sourceOf(0)),
      await attempt(id, generated, sourceOf(0)),
      await attempt(id, 'not presented yet', '203.0.113.1'),
    ]).toEqual([200, 200, 200]);
  });
});
