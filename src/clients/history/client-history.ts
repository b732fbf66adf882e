import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CallOptions, ChangeOptions } from '../../access/call-options.js';
import { maySee } from '../../access/principal.js';
import { readInput } from '../../fields/read-input.js';
import { queryWith } from '../../http/query/query-parameters.js';
import type { ChangePage } from '../../journal/reading/change.page.js';
import { HistoryStatements } from '../../journal/reading/history.statements.js';
import type { ShownChange } from '../../journal/table/change-text.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { ClientInput } from '../metadata/client.dto.js';
import { laterRules } from '../metadata/standard/later-rules.js';
import { answerOf, ClientAnswer } from '../store/client-answer.js';
import { ClientStatements, type CurrentClient } from '../store/client.statements.js';
import { assignInput } from '../writing/assign-input.js';
import { ClientPreparation } from '../writing/client-preparation.js';
import { ClientWriter, type EditableClient, type Edited } from '../writing/client.writer.js';
import { readAsOf, readVersion } from './as-of.js';
import { changeAnswer, type ClientChangeAnswer } from './client-change.js';
import { earlierLifeNeedsScope, missing, requireClient, unknownState, unknownVersion } from './history-errors.js';
import { historyPage, readHistoryQuery, type HistoryParameters } from './history-page.js';
import { isCurrent, isRemoval, isTag, livingState, mayBeEarlier, seesEveryLife, stateAt } from './known-states.js';
import { RevertInput, type RevertBody } from './revert.dto.js';

/** As {@link CallOptions}, for a read of one client. */
export interface GetOptions extends CallOptions {
  /** The time (a Date, or a text in the format of RFC 3339) or the version at which to show the client. Default: now. */
  asOf?: string | number | Date | undefined;
}

/** As {@link CallOptions}, for one change. */
export interface ChangeReadOptions extends CallOptions {
  /** The `tag` of the life of the `client_id`. Default: the current life; an earlier one needs the scope `journal:read`. */
  tag?: string | undefined;
}

/**
 * Shows earlier states of clients, and reverts clients to them. An actor with an owner sees the changes after which the client had that
 * owner. Only actors with the scope `journal:read` see the changes of an earlier life of a `client_id`, before a removal.
 */
@Injectable()
export class ClientHistory {
  /** @internal */
  constructor(
    private readonly statements: ClientStatements,
    private readonly history: HistoryStatements,
    private readonly writer: ClientWriter,
    private readonly preparation: ClientPreparation,
  ) {}

  /**
   * Returns a page of the changes of a client, the newest first. A change is shown as soon as it is committed.
   *
   * @param id the `client_id`
   * @param query query parameters of `GET /admin/clients/{id}/history`. Default: the newest 100 changes
   * @param options the actor, and the transaction to read in
   * @throws OAuthError 404 when the actor sees neither the client nor a change of it, 400 naming a wrong parameter
   */
  async list(
    id: string,
    query: URLSearchParams | HistoryParameters = {},
    { actor, manager }: CallOptions = {},
  ): Promise<ChangePage> {
    const asked = readHistoryQuery(id, query instanceof URLSearchParams ? query : queryWith(query));
    const living = await this.living(id, manager);
    const life = seesEveryLife(actor) ? {} : { tag: requireClient(living).client.tag };
    const wanted = { clientId: id, ...life, owner: actor?.owner, before: asked.before };
    const found = await this.history.heads(wanted, asked.size + 1, manager);
    if (found.length > 0 || asked.before !== undefined) return historyPage(id, asked, found);
    if (!living || !maySee(actor, living.client.owner)) throw OAuthError.unknownClient();
    return historyPage(id, asked, [livingState(living)]);
  }

  /** Implements `ClientsService.get`, which hosts call. @internal */
  async get(id: string, { asOf, actor, manager }: GetOptions): Promise<ClientAnswer> {
    if (asOf !== undefined) return this.stateAt(id, asOf, { actor, manager });
    const stored = await this.statements.find(id, this.statements.within(manager));
    if (!stored || !maySee(actor, stored.owner)) throw OAuthError.unknownClient();
    return answerOf(id, stored);
  }

  private async stateAt(
    id: string,
    asOf: string | number | Date,
    { actor, manager }: CallOptions,
  ): Promise<ClientAnswer> {
    const moment = readAsOf(asOf);
    const living = await this.living(id, manager);
    const life = mayBeEarlier(moment, living, actor) ? {} : { tag: await this.lifeOf(id, living, { actor, manager }) };
    const found = (await this.history.at({ clientId: id, ...life, ...moment }, manager)) ?? stateAt(moment, living);
    if (!found || isRemoval(found) || !maySee(actor, found.owner)) throw missing(actor, living, unknownState());
    return living && isCurrent(found, living)
      ? answerOf(id, living.client)
      : new ClientAnswer(id, `"${found.tag}.${found.version}"`, found.document);
  }

  /**
   * Returns one change of a client, with the client after it and a JSON Patch (RFC 6902) from the previous version.
   *
   * @param id the `client_id`
   * @param version the version that the change made
   * @param options the actor, the life of the `client_id`, and the transaction to read in
   * @throws OAuthError 404 for an unknown client or version, 403 when the actor may not see the life
   */
  async change(
    id: string,
    version: string | number,
    { tag, actor, manager }: ChangeReadOptions = {},
  ): Promise<ClientChangeAnswer> {
    const living = await this.living(id, manager);
    if (tag !== undefined && tag !== living?.client.tag && !seesEveryLife(actor)) throw earlierLifeNeedsScope();
    const life = tag ?? (await this.lifeOf(id, living, { actor, manager }));
    const found = await this.version(readVersion(String(version)), life, { id, living, manager });
    if (!found || !maySee(actor, found.owner)) throw missing(actor, living, unknownVersion());
    const before = await this.history.newest({ clientId: id, tag: found.tag, before: found.seq }, manager);
    const isKnown = before?.version === found.version - 1 && maySee(actor, before.owner);
    return changeAnswer(found, isKnown ? before : undefined);
  }

  /**
   * Gives a client the members of an earlier version again, in a new version, as a PUT of them would: today's rules apply. The secrets stay
   * as they are, unless that version had an authentication method without secrets.
   *
   * @param id the `client_id`
   * @param body members of {@link RevertInput}, as an object, or as JSON in text or bytes
   * @param options the state to change, and the transaction to take part in
   * @throws OAuthError 400 with every member that breaks a rule, 404 for an unknown client or version, 412 when `ifMatch` names
   * another state
   */
  async revert(id: string, body: RevertBody, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const { actor, manager } = options;
    const { version } = await readInput(RevertInput, body, [], options);
    const preparation = this.preparation.begin(id, options);
    const reverting = async (current: EditableClient): Promise<Edited> => {
      const state = await this.version(version, current.client.tag, { id, living: current, manager });
      if (!state || !maySee(actor, state.owner)) throw unknownVersion();
      const input = await readInput(ClientInput, state.document, [...this.preparation.rules, ...laterRules()]);
      input.client_secret_expires_at = current.metadata.client_secret_expires_at;
      return assignInput(current, input, preparation, actor);
    };
    return (await preparation.during(() => this.writer.edit(id, options, reverting))).answer;
  }

  /** Returns a client at one version of one life. Of a client that is older than the journal, only the current state may be known. */
  private async version(
    version: number | undefined,
    tag: string,
    { id, living, manager }: { id: string; living: CurrentClient | undefined; manager: EntityManager | undefined },
  ): Promise<ShownChange | undefined> {
    if (version === undefined || !isTag(tag)) return undefined;
    const found = await this.history.at({ clientId: id, tag, version }, manager);
    return found ?? (living?.client.tag === tag ? stateAt({ version }, living) : undefined);
  }

  private living(id: string, manager?: EntityManager): Promise<CurrentClient | undefined> {
    return this.statements.load(id, this.statements.within(manager));
  }

  /**
   * Returns the life whose versions are meant: the current one; after a removal, the last one, if the actor may see it.
   *
   * @throws OAuthError 404
   */
  private async lifeOf(
    id: string,
    living: CurrentClient | undefined,
    { actor, manager }: CallOptions,
  ): Promise<string> {
    if (living || !seesEveryLife(actor)) return requireClient(living).client.tag;
    const last = await this.history.newest({ clientId: id }, manager);
    if (!last) throw OAuthError.unknownClient();
    return last.tag;
  }
}
