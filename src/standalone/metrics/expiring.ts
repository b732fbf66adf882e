import { statementName, type PreparedDatabase, type Query } from '../../database/sql/prepared-database.js';
import { ApiKey } from '../../keys/api-key.entity.js';
import { InitialAccessToken } from '../../registration/tokens/initial-access-token.entity.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';

const DAYS = [1, 7, 14, 30] as const;
const DAY = 86_400;
/** Most credentials counted of each kind, those that expire first. */
const MOST_COUNTED = 10_000;

/** The kinds of credentials that may expire. */
type Kind = 'secret' | 'api_key' | 'registration_token';

/** How many credentials of a kind expire within a time. */
export interface Ending {
  kind: Kind;
  /** Such as `7d`. */
  within: string;
  count: number;
}

/** Counts secrets, API keys and initial access tokens that have not expired, but do so soon. */
export class Expiring {
  private readonly texts: readonly [Kind, Omit<Query, 'values'>][];

  constructor(private readonly database: PreparedDatabase) {
    this.texts = (
      [
        ['secret', ClientSecret, ''],
        ['api_key', ApiKey, ''],
        ['registration_token', InitialAccessToken, 'AND (max_uses = 0 OR uses < max_uses)'],
      ] as const
    ).map(([kind, entity, condition]) => {
      const parameter = (position: number) => database.dialect.parameter(position);
      const counts = DAYS.map(
        (days, at) => `count(CASE WHEN expires_at <= ${parameter(at + 2)} THEN 1 END) AS "within${days}"`,
      );
      // The first condition lets the database use the partial index of secrets, which has only those that expire at all.
      const text = `SELECT ${counts.join(', ')} FROM (SELECT expires_at FROM ${database.table(entity)}
        WHERE expires_at > 0 AND expires_at > ${parameter(1)} AND expires_at <= ${parameter(DAYS.length + 1)} ${condition}
        ORDER BY expires_at LIMIT ${MOST_COUNTED}) AS ending`;
      return [kind, { name: statementName(`count_ending_${kind}`, text), text }];
    });
  }

  /** Returns the query for each kind. Public so that tests can examine its plan. */
  queries(): [Kind, Query][] {
    const now = Math.floor(Date.now() / 1000);
    const values = [now, ...DAYS.map((days) => now + days * DAY)];
    return this.texts.map(([kind, text]) => [kind, { ...text, values }]);
  }

  /**
   * Returns how many expire within a day, a week, two weeks and thirty days, up to 10,000 of each kind.
   *
   * @throws OAuthError 503 when the database cannot answer
   */
  async counts(): Promise<Ending[]> {
    const all = this.queries().map(async ([kind, query]) => {
      const row = await this.database.row<Record<string, number | string>>(query);
      return DAYS.map((days) => ({ kind, within: `${days}d`, count: Number(row?.[`within${days}`]) }));
    });
    return (await Promise.all(all)).flat();
  }
}
