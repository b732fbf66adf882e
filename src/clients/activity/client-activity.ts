import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { BodyOptions, CallOptions } from '../../access/call-options.js';
import { maySee } from '../../access/principal.js';
import { prepared, preparedText, type Placeholder, type Prepared } from '../../database/sql/change-texts.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { readInput } from '../../fields/read-input.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { ClientSecret, isPossibleId } from '../../secrets/client-secret.entity.js';
import type { SecretSet } from '../../secrets/secret-set.js';
import { SecretView } from '../metadata/client-secret.dto.js';
import { Client } from '../store/client.entity.js';
import { ClientUse } from '../uses/client-use.entity.js';
import { ClientStatements } from '../store/client.statements.js';
import { ActivityReport, momentOf, type ActivityBody, type ClientActivityView } from './activity.dto.js';
import { firstReport } from '../uses/first-report.js';
import { timeOf, UseTable } from '../uses/use-table.js';
import { WaitingUses } from '../uses/waiting-uses.js';

/** Interval between two writes of waiting uses, in milliseconds. */
const INTERVAL = 1000;

/** A client that was used. */
export interface UsedClient {
  /** The `client_id`. */
  client_id: string;
  /** Identifier of the secret with which it authenticated, if it used one. */
  secret_id?: string;
}

/**
 * Records when clients and their secrets were last used, to the minute. Uses are written after the requests in which they happened, about
 * once a second and when the application shuts down: a process that is killed loses the uses of its last second. See
 * docs/decisions/0010-last-uses.md.
 */
@Injectable()
export class ClientActivity implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly clients: WaitingUses;
  private readonly secrets: WaitingUses;
  private readonly reading: Prepared;
  private readonly owners: Prepared;
  private timer?: NodeJS.Timeout;

  /** @internal */
  constructor(
    private readonly statements: ClientStatements,
    private readonly database: PreparedDatabase,
  ) {
    const since = (row: string, use: string) =>
      `unused_since = CASE WHEN ${row}.unused_since < ${use}.at THEN ${use}.at ELSE ${row}.unused_since END`;
    const first = firstReport(database);
    this.clients = new WaitingUses(
      new UseTable(database, { label: 'use', entity: ClientUse, key: 'client_id', also: since, first }),
    );
    this.secrets = new WaitingUses(new UseTable(database, { label: 'secret_use', entity: ClientSecret, key: 'id' }));
    const table = database.table(ClientUse);
    const one = (label: string, build: (place: Placeholder) => string) =>
      prepared(label, preparedText(database.dialect, build));
    this.reading = one(
      'use',
      (place) =>
        `SELECT last_used_at AS "lastUsedAt", unused_since AS "unusedSince" FROM ${table} WHERE client_id = ${place('id')}`,
    );
    this.owners = one(
      'use_owners',
      (place) =>
        `SELECT id, owner FROM ${database.table(Client)} WHERE id IN (${database.dialect.textsOf(place('ids'), 'id')})`,
    );
  }

  /**
   * Notes that a client is used now. `ClientAuthenticator` and `SecretsService` do this by themselves; call it when the authorization server
   * authenticates a client without them. It returns immediately and never throws. A use of an unknown client or secret is ignored.
   *
   * @param used the client, and its secret if it authenticated with one
   */
  note(used: UsedClient): void {
    this.noteAt(used, Date.now());
  }

  /**
   * Notes past uses of many clients in one call, for an authorization server in another process. A use earlier than the last known one
   * changes nothing. A use of a client that does not exist, or that the actor may not see, is ignored without an error.
   *
   * @param body members of {@link ActivityReport}, as an object, or as JSON in text or bytes
   * @param options the reporting actor, and whether unknown members are rejected
   * @throws OAuthError 400 with every fault of the body
   */
  async report(body: ActivityBody, { actor, strict }: Omit<BodyOptions, 'manager'> = {}): Promise<void> {
    const { uses } = await readInput(ActivityReport, body, [], { strict });
    const ids = JSON.stringify([...new Set(uses.map(({ client_id: id }) => id))]);
    const found = await this.database.rows<{ id: string; owner: string }>(this.owners({ ids }));
    const visible = new Set(found.flatMap(({ id, owner }) => (maySee(actor, owner) ? [id] : [])));
    for (const use of uses)
      if (visible.has(use.client_id))
        this.noteAt({ client_id: use.client_id, secret_id: use.secret_id ?? undefined }, momentOf(use));
  }

  private noteAt({ client_id: clientId, secret_id: secretId }: UsedClient, at: number): void {
    if (!isStorable(clientId)) return;
    this.clients.add({ id: clientId, clientId, at });
    if (isStorable(secretId)) this.secrets.add({ id: secretId, clientId, at });
  }

  /**
   * Returns when a client and its secrets were last used, including uses that this process has noted but not yet written.
   *
   * @param id the `client_id`
   * @param options the actor, and the transaction to read in
   * @throws OAuthError 404 for an unknown client
   */
  async of(id: string, { actor, manager }: CallOptions = {}): Promise<ClientActivityView> {
    const executor = this.statements.within(manager);
    const current = await this.statements.load(id, executor);
    const use = current && (await executor.row<Pick<ClientUse, 'lastUsedAt' | 'unusedSince'>>(this.reading({ id })));
    if (!use || !maySee(actor, current.client.owner)) throw OAuthError.unknownClient();
    const last = later(use.lastUsedAt, this.clients.timeOf({ id, clientId: id }));
    return {
      client_id: id,
      last_used_at: last,
      unused_since: last !== null && last > use.unusedSince ? last : use.unusedSince,
      secrets: this.shown(current.secrets),
    };
  }

  /**
   * Whether this process has noted a use of the client that is not yet written.
   *
   * @internal
   */
  isWaiting(id: string): boolean {
    return this.clients.isWaiting({ id, clientId: id });
  }

  /**
   * Returns secrets as the admin API shows them, including uses that are not yet written.
   *
   * @internal
   */
  shown(secrets: SecretSet): SecretView[] {
    return secrets.map((secret) => {
      const view = SecretView.of(secret);
      return { ...view, last_used_at: later(view.last_used_at, this.secrets.timeOf(secret)) };
    });
  }

  /** @hidden */
  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), INTERVAL).unref();
  }

  /** @hidden */
  beforeApplicationShutdown(): Promise<void> {
    return this.write();
  }

  /**
   * Writes the uses that the last requests noted.
   *
   * @hidden
   */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  private async write(): Promise<void> {
    await Promise.all([this.clients.write(), this.secrets.write()]);
  }
}

/** Whether the value can be stored as an id in every database. */
function isStorable(id: unknown): id is string {
  return typeof id === 'string' && isPossibleId(id);
}

/** Returns the later of two times of use. */
function later(written: string | null, waiting: number | undefined): string | null {
  const time = waiting === undefined ? null : timeOf(waiting);
  return written === null || (time !== null && time > written) ? time : written;
}
