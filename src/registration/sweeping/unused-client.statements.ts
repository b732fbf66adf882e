import { preparedText, prepared, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import type { Executor, PreparedDatabase, Query } from '../../database/sql/prepared-database.js';
import { lifespanMilliseconds } from '../../fields/lifespan.js';
import { ClientChange } from '../../journal/table/client-change.entity.js';
import { changeValues } from '../../journal/table/change-values.js';
import type { ChangeEntry } from '../../journal/table/change-entry.js';
import { ClientSql } from '../../clients/store/client-sql.js';
import { change, together, type CurrentClient } from '../../clients/store/client.statements.js';
import { ClientTerm } from '../../clients/store/client-term.entity.js';
import { Client } from '../../clients/store/client.entity.js';
import { laterThan } from '../../clients/store/next-version.js';
import type { RemovalOptions } from '../../clients/store/removal.options.js';
import { TombstoneSql } from '../../clients/store/tombstone-sql.js';
import { ClientUse } from '../../clients/uses/client-use.entity.js';
import type { TermKind } from '../../clients/metadata/search-kinds.js';

/** Kind of the terms that name the policy under which a client registered. */
const KIND: TermKind = 'via_policy';
/** LIKE pattern of the actor of a change that a client made itself, as `actorText` writes it. */
const ITSELF = '{"type":"registration"%';

/** An unused client, as it was read. */
export interface FoundClient extends Pick<Client, 'id' | 'version' | 'tag' | 'name' | 'createdAt'> {
  /** Its last use; `null` when none is known. */
  lastUsedAt: string | null;
  /** Since when it is unused. */
  unusedSince: string;
}

/** An unused client that a sweep has found. */
export interface UnusedClient extends FoundClient {
  /** Whether nobody but the client itself has ever changed it. */
  isOfItsOwn: boolean;
}

/** Columns that are selected of a client and of its row of uses. */
const COLUMNS = `client.id, client.version, client.tag, client.name, client.created_at AS "createdAt", used.last_used_at AS "lastUsedAt", used.unused_since AS "unusedSince"`;
/** How many candidates to make room are read: the first of them may be changed or used at this moment. */
const FEW = 10;

/** PostgreSQL returns a bigint as text. */
type Row = FoundClient & { changesByOthers: number | string };

/** Which unused clients to find; times are as they are stored. */
export interface UnusedQuery {
  policy: string;
  /** They became unused before this time. */
  before: string;
  /** Only clients after this one in the order. Default: from the first on. */
  after?: Pick<UnusedClient, 'id' | 'unusedSince'> | undefined;
  /** Most clients to return. */
  most: number;
}

/** The statements that find and remove clients that registered themselves and are not used. */
export class UnusedClientStatements {
  private readonly used: readonly Prepared[];
  private readonly neverUsed: readonly Prepared[];

  constructor(
    private readonly database: PreparedDatabase,
    { retention }: RemovalOptions,
  ) {
    const sql = new ClientSql(database);
    const bury = lifespanMilliseconds(retention) > 0 ? new TombstoneSql(database).bury : undefined;
    const parts = (label: string, texts: ReturnType<ClientSql['remove']>) =>
      texts.map((part, at) => prepared(`${label}_${at}`, part));
    this.used = parts('sweep', sql.remove(sql.appendChange, bury, this.isUnused('')));
    this.neverUsed = parts(
      'sweep_never',
      sql.remove(sql.appendChange, undefined, this.isUnused('AND used.last_used_at IS NULL')),
    );
  }

  /** Whether any client was used since a time. */
  async wasAnyUsed(since: string, executor: Executor): Promise<boolean> {
    const { text, parameters } = preparedText(
      this.database.dialect,
      (place) =>
        `SELECT 1 AS one FROM ${this.database.table(ClientUse)} WHERE unused_since >= ${place('since')} AND last_used_at >= ${place('since')} LIMIT 1`,
    );
    return (await executor.row({ text, values: parameters.map(() => since) })) !== undefined;
  }

  /** Returns clients of a policy that are unused and not suspended; the longest unused first. */
  async find(query: UnusedQuery, executor: Executor): Promise<UnusedClient[]> {
    const rows = await executor.rows<Row>(this.select(query));
    return rows.map(({ changesByOthers, ...client }) => ({ ...client, isOfItsOwn: Number(changesByOthers) === 0 }));
  }

  /** Returns never-used clients of a policy, older than a time, not suspended, and changed by nobody but themselves; the oldest first. */
  findNeverUsed(policy: string, before: string, executor: Executor): Promise<FoundClient[]> {
    return executor.rows<FoundClient>(this.selectNeverUsed(policy, before));
  }

  /** Returns the statement of {@link findNeverUsed}. It scans the terms of the policy, which a quota bounds, not the index of all unused clients. */
  selectNeverUsed(policy: string, before: string): Query {
    const { database } = this;
    const [client, term, use] = [Client, ClientTerm, ClientUse].map((one) => database.table(one));
    const { text, parameters } = preparedText(
      database.dialect,
      (place) =>
        `SELECT ${COLUMNS}
          FROM ${term} AS term CROSS JOIN ${use} AS used CROSS JOIN ${client} AS client
          WHERE term.kind = '${KIND}' AND term.value = ${place('policy')} AND used.client_id = term.client_id
            AND used.last_used_at IS NULL AND used.unused_since < ${place('before')} AND client.id = used.client_id AND client.suspended IS NULL
            AND ${this.changesByOthers()} = 0
          ORDER BY used.unused_since, used.client_id LIMIT ${FEW}`,
    );
    const values: Record<string, string> = { policy, before };
    return { text, values: parameters.map((name) => values[name]) };
  }

  /**
   * Returns the statement of {@link find}. It scans the index of unused clients: SQLite keeps the order of CROSS JOIN, and PostgreSQL does not join
   * a scalar subquery. The statement has no name, so that it is planned for its values.
   */
  select({ policy, before, after, most }: UnusedQuery): Query {
    const { database } = this;
    const [client, term, use] = [Client, ClientTerm, ClientUse].map((one) => database.table(one));
    const behind = (place: Placeholder) =>
      after ? `AND (used.unused_since, used.client_id) > (${place('since')}, ${place('id')})` : '';
    const { text, parameters } = preparedText(
      database.dialect,
      (place) =>
        `SELECT ${COLUMNS},
            ${this.changesByOthers()} AS "changesByOthers"
          FROM ${use} AS used CROSS JOIN ${client} AS client
          WHERE used.unused_since < ${place('before')} ${behind(place)} AND client.id = used.client_id AND client.suspended IS NULL
            AND (SELECT kind FROM ${term} WHERE kind = '${KIND}' AND value = ${place('policy')} AND client_id = used.client_id) IS NOT NULL
          ORDER BY used.unused_since, used.client_id LIMIT ${most}`,
    );
    const values: Record<string, unknown> = { policy, before, since: after?.unusedSince, id: after?.id };
    return { text, values: parameters.map((name) => values[name]) };
  }

  /**
   * Returns SQL for the number of changes of a client that others have made; 1 if unknown, since the journal no longer has the first change.
   * PostgreSQL does not join an aggregated subquery.
   */
  private changesByOthers(): string {
    return `(SELECT CASE WHEN min(version) = 1 THEN sum(CASE WHEN actor LIKE '${ITSELF}' THEN 0 ELSE 1 END) ELSE 1 END
      FROM ${this.database.table(ClientChange)} AS change WHERE change.client_id = client.id)`;
  }

  /**
   * Removes a client unless it was changed or used since it was read, or is being changed or used at this moment. A client that was used at least
   * once is kept as a tombstone, as every removed client is, unless the retention is 0; one that was never used is not.
   *
   * @param current the client in the version that was read
   * @param before time before which it must have become unused
   * @returns whether it was removed
   */
  remove(
    current: CurrentClient,
    { lastUsedAt }: Pick<FoundClient, 'lastUsedAt'>,
    before: string,
    entry: ChangeEntry,
    executor: Executor,
  ): Promise<boolean> {
    const { client } = current;
    const journaled = changeValues(entry, [], laterThan(client.updatedAt));
    const values = together(journaled, client, {
      version: client.version + 1,
      currentVersion: client.version,
      before,
    });
    return change(executor, lastUsedAt === null ? this.neverUsed : this.used, values);
  }

  /**
   * Returns the condition that the client is unused. PostgreSQL locks its rows, so that no use comes between, and treats rows that another
   * transaction has locked as used, so that this waits for nobody.
   */
  private isUnused(also: string): (place: Placeholder) => string {
    const { dialect } = this.database;
    const [client, use] = [this.database.table(Client), this.database.table(ClientUse)];
    return (place) =>
      `EXISTS (SELECT 1 FROM ${client} AS found, ${use} AS used
        WHERE found.id = ${place('id')} AND found.version = CAST(${place('currentVersion')} AS integer) AND found.tag = ${place('tag')}
          AND used.client_id = found.id AND used.unused_since < ${place('before')} ${also} ${dialect.skipLocked('found, used')})`;
  }
}
