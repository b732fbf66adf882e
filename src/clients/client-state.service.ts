import { Injectable } from '@nestjs/common';
import type { CallOptions, ChangeOptions } from '../access/call-options.js';
import { maySee } from '../access/principal.js';
import type { Executor } from '../database/sql/prepared-database.js';
import type { ChangeEntry } from '../journal/table/change-entry.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { isPossibleId } from '../secrets/client-secret.entity.js';
import { clientIdInUse } from './metadata/client-errors.js';
import type { Client } from './store/client.entity.js';
import { ClientStatements } from './store/client.statements.js';
import { restoredFrom } from './tombstones/restored-client.js';
import { TombstoneStatements } from './store/tombstone.statements.js';
import { ClientEvents } from './writing/client-events.js';
import { readInput } from '../fields/read-input.js';
import { bodyOrNone } from '../json/json-body.js';
import type { SuspensionBody } from './metadata/client-bodies.js';
import { SuspensionInput, type SuspensionView } from './metadata/suspension.dto.js';
import { answerOf, type ClientAnswer } from './store/client-answer.js';
import { ClientWriter } from './writing/client.writer.js';
import { once } from './writing/slow-work.js';

/** Suspends, resumes and restores clients. */
@Injectable()
export class ClientStateService {
  /** @internal */
  constructor(
    private readonly writer: ClientWriter,
    private readonly statements: ClientStatements,
    private readonly tombstones: TombstoneStatements,
    private readonly events: ClientEvents,
  ) {}

  /**
   * Suspends a client: from the commit on, the registry refuses to authenticate it, whatever its secrets. The secrets stay, and the client
   * can still be changed. A client that is already suspended gets the new reason; with the same reason it stays as it is.
   *
   * @param id the `client_id`
   * @param body members of {@link SuspensionInput}, as an object, or as JSON in text or bytes; or none
   * @param options the state to change, and the transaction to take part in
   * @returns the client, with its member `suspended`
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 with every fault of the body
   */
  async suspend(id: string, body?: SuspensionBody, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const read = once(() => readInput(SuspensionInput, bodyOrNone(body), [], options));
    const { answer } = await this.writer.edit(id, options, async ({ client: { suspended } }) => {
      const { reason } = await read();
      return { suspended: suspendedFor(reason, suspended) };
    });
    return answer;
  }

  /**
   * Lets a suspended client authenticate again. A client that is not suspended stays as it is.
   *
   * @param id the `client_id`
   * @param options the state to change, and the transaction to take part in
   * @returns the client
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 when `ifMatch` is malformed
   */
  async resume(id: string, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const { answer } = await this.writer.edit(id, options, () => ({ suspended: null }));
    return answer;
  }

  /**
   * Restores the client that was removed last under this `client_id`, with its secrets and its registration access token, as a new version.
   * Its history goes on.
   *
   * @param id the `client_id`
   * @param options the actor, and the transaction to take part in
   * @returns the client
   * @throws OAuthError 404 when no removed client with this `client_id` is kept, or the actor may not see it; 409 when a client has the id:
   * the removed one stays as it is
   */
  async restore(id: string, { actor, manager }: CallOptions = {}): Promise<ClientAnswer> {
    if (!isPossibleId(id)) throw OAuthError.unknownClient();
    const restoring = async (executor: Executor): Promise<Client> => {
      const tombstone = await this.tombstones.newest(id, executor);
      const living = await this.statements.find(id, executor);
      if (living && maySee(actor, living.owner)) throw clientIdInUse();
      if (!tombstone || !maySee(actor, tombstone.owner)) throw OAuthError.unknownClient();
      const restored = restoredFrom(tombstone);
      const entry: ChangeEntry = { kinds: ['client.restored'], members: [], actor };
      if (!(await this.tombstones.restore({ ...restored, entry }, tombstone, executor))) throw clientIdInUse();
      return restored.client;
    };
    const client = await this.statements.exclusively(id, restoring, manager);
    const { version, document } = client;
    this.events.publish({ type: 'client.restored', clientId: id, version, document }, manager);
    return answerOf(id, client);
  }
}

/** Returns the suspension to store; a client that is already suspended keeps the time at which that began. */
function suspendedFor(reason: string, before: string | null): string {
  const former = before === null ? undefined : (JSON.parse(before) as SuspensionView);
  const at = former?.at ?? new Date().toISOString();
  return JSON.stringify({ at, reason } satisfies SuspensionView);
}
