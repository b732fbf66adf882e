import { Injectable } from '@nestjs/common';
import { ownerFor } from '../access/ownership.js';
import { queryWith } from '../http/query/query-parameters.js';
import type { JsonSource } from '../json/json-body.js';
import { assignInput } from './writing/assign-input.js';
import type { BodyOptions, CallOptions, ChangeOptions } from '../access/call-options.js';
import { ClientHistory, type GetOptions } from './history/client-history.js';
import { ClientCreation } from './writing/client-creation.js';
import { ClientPreparation } from './writing/client-preparation.js';
import { answerOf, type ClientAnswer } from './store/client-answer.js';
import type { ClientBody, LifespansBody, MembersOf, PatchOperation } from './metadata/client-bodies.js';
import { membersOf, readInput, readMembers } from '../fields/read-input.js';
import { requireRules } from '../fields/rule.js';
import { TokenLifespans } from './metadata/members/token-lifespans.js';
import { pageOf, type ClientPage } from './list/client-list.page.js';
import { readListQuery } from './list/client-list.query.js';
import type { ClientListParameters } from './list/client-list.parameters.js';
import { ClientListStatements } from './list/client-list.statements.js';
import { secretExpiryLiesAhead } from './metadata/client-metadata.rules.js';
import { laterRules } from './metadata/standard/later-rules.js';
import { ClientPatch, type JSON_PATCH, type MERGE_PATCH } from './metadata/client-patch.js';
import { ClientInput } from './metadata/client.dto.js';
import { ClientWriter, type EditableClient, type Edited } from './writing/client.writer.js';
import { toldOf } from './writing/registration.js';
import { once } from './writing/slow-work.js';
import { viaActor } from './metadata/origin/registered-via.js';

/** Creates, finds, changes and removes clients. */
@Injectable()
export class ClientsService {
  /** @internal */
  constructor(
    private readonly lists: ClientListStatements,
    private readonly writer: ClientWriter,
    private readonly creation: ClientCreation,
    private readonly preparation: ClientPreparation,
    private readonly history: ClientHistory,
  ) {}

  /**
   * Creates a client. Only this answer shows its secret and its registration access token in clear.
   *
   * @param body members of {@link ClientInput}, as an object, or as JSON in text or bytes; members that are left out get their
   * defaults; unknown and server-owned ones are ignored
   * @param options the transaction to take part in, and whether unknown members are rejected
   * @returns the client as a {@link ClientView}
   * @throws OAuthError 400 with every fault of the body; 403 when the actor is bound to another owner; 409 when the id is taken
   */
  create(body: ClientBody, options: BodyOptions = {}): Promise<ClientAnswer> {
    return toldOf('admin', this.register(body, options));
  }

  private async register(body: ClientBody, options: BodyOptions): Promise<ClientAnswer> {
    const rules = [...this.preparation.rules, ...laterRules(), secretExpiryLiesAhead()];
    const input = await readInput(ClientInput, body, rules, options);
    input.owner = ownerFor(options.actor, input.owner);
    const created = await this.creation.create(input, { ...options, via: viaActor(options.actor) });
    return answerOf(created.client.id, created.client, created.once);
  }

  /**
   * Returns one client, without its secrets.
   *
   * @param id the `client_id`
   * @param options the transaction to read in, and the state to read
   * @throws OAuthError 404 for a client that is unknown or did not exist at `asOf`; 400 for an `asOf` that is neither a time nor a version
   */
  get(id: string, options: GetOptions = {}): Promise<ClientAnswer> {
    return this.history.get(id, options);
  }

  /**
   * Returns a page of the clients that match all filters.
   *
   * @param query query parameters of `GET /admin/clients`. Default: the first 100 clients
   * @param options the transaction to read in
   * @returns the clients as a list of {@link ClientView}, and the queries of other pages
   * @throws OAuthError 400 naming an unknown or invalid parameter
   */
  async list(
    query: URLSearchParams | ClientListParameters = {},
    { manager, actor }: CallOptions = {},
  ): Promise<ClientPage> {
    const asked = readListQuery(query instanceof URLSearchParams ? query : queryWith(query), actor?.owner);
    const executor = this.lists.within(manager);
    const [found, total] = await Promise.all([
      this.lists.page(asked, executor),
      asked.withTotal ? this.lists.count(asked, executor) : undefined,
    ]);
    return pageOf(asked, found, total);
  }

  /**
   * Replaces all members of a client; members that the body leaves out go back to their defaults. Without `client_secret`, or with the
   * current one, the secrets stay as they are; another secret replaces them all.
   *
   * @param id the `client_id`; the one in the body is ignored
   * @param body members of {@link ClientInput}, as for {@link ClientsService.create}
   * @param options the state to change, and the transaction to take part in
   * @returns the client; with its secret in clear if the body had one
   * @throws OAuthError 400 with every fault of the body, 404 for an unknown client, 412 when `ifMatch` names another state
   */
  async replace(id: string, body: ClientBody, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const input = await readMembers(
      ClientInput,
      { ...membersOf(ClientInput, body), client_id: undefined },
      this.preparation.rules,
      options,
    );
    const preparation = this.preparation.begin(id, options);
    const replacing = async (current: EditableClient): Promise<Edited> => {
      const expiry = secretExpiryLiesAhead(current.metadata.client_secret_expires_at);
      await requireRules(ClientInput, input, [...laterRules(current.metadata), expiry]);
      return assignInput(current, input, preparation, options.actor);
    };
    return (await preparation.during(() => this.writer.edit(id, options, replacing))).answer;
  }

  /**
   * Changes some members of a client by a JSON Patch (RFC 6902).
   *
   * @param id the `client_id`
   * @param operations the operations, applied in order
   * @param contentType the media type of a JSON Patch, or left out
   * @param options the state to change, and the transaction to take part in
   * @returns the client; with its secret in clear if the patch set one
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 naming the operation that failed, or with
   * every fault of the patched client
   */
  patch(
    id: string,
    operations: readonly PatchOperation[],
    contentType?: typeof JSON_PATCH,
    options?: ChangeOptions,
  ): Promise<ClientAnswer>;
  /**
   * As above, by a JSON Merge Patch (RFC 7396).
   *
   * @param id the `client_id`
   * @param members members to set; `null` unsets a member
   * @param contentType the media type of a JSON Merge Patch
   * @param options as above
   */
  patch(
    id: string,
    members: MembersOf<ClientInput>,
    contentType: typeof MERGE_PATCH,
    options?: ChangeOptions,
  ): Promise<ClientAnswer>;
  /**
   * As above, by a patch that arrived as JSON.
   *
   * @param id the `client_id`
   * @param json a patch of either kind, in text or bytes
   * @param contentType `application/merge-patch+json` for a JSON Merge Patch. Default: the patch is a JSON Patch
   * @param options as above
   */
  patch(id: string, json: JsonSource, contentType?: string, options?: ChangeOptions): Promise<ClientAnswer>;
  async patch(
    id: string,
    body: readonly PatchOperation[] | ClientBody,
    contentType?: string,
    options: ChangeOptions = {},
  ): Promise<ClientAnswer> {
    const preparation = this.preparation.begin(id, options);
    const patch = new ClientPatch(body, contentType, options);
    const patching = async (current: EditableClient): Promise<Edited> => {
      const { document } = current.client;
      const patched = patch.applyTo(id, document);
      if (patched === document) return {};
      const expiry = secretExpiryLiesAhead(current.metadata.client_secret_expires_at);
      const rules = [...this.preparation.rules, ...laterRules(current.metadata), expiry];
      const input = await readInput(ClientInput, patched, rules, options);
      return assignInput(current, input, preparation, options.actor);
    };
    return (await preparation.during(() => this.writer.edit(id, options, patching))).answer;
  }

  /**
   * Replaces the thirteen lifespans of a client and nothing else.
   *
   * @param id the `client_id`
   * @param body members of {@link TokenLifespans}, as an object, or as JSON in text or bytes; those that are left out are unset
   * @param options the state to change, and the transaction to take part in
   * @returns the client
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 with every fault of the body
   */
  async setLifespans(id: string, body: LifespansBody, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const read = once(() => readInput(TokenLifespans, body, [], options));
    const { answer } = await this.writer.edit(id, options, async ({ metadata }) => ({
      metadata: { ...metadata, ...(await read()) },
    }));
    return answer;
  }

  /**
   * Removes a client with its secrets. Its `client_id` can be used again.
   *
   * @param id the `client_id`
   * @param options the state to remove, and the transaction to take part in
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 when `ifMatch` is malformed
   */
  remove(id: string, options: ChangeOptions = {}): Promise<void> {
    return this.writer.remove(id, options);
  }
}
