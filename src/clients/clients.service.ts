import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { generateSecret, TOKEN_PREFIX } from '../secrets/secret-format.js';
import { endingAt, isValid } from '../secrets/secret-set.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { CallOptions, ChangeOptions } from './call-options.js';
import { CLIENT_ID_GENERATOR, generatedId, type ClientIdGenerator } from './client-id-generator.js';
import { answerOf, type ClientAnswer } from './store/client-answer.js';
import { membersOf, obey, readInput, readMembers } from './metadata/client-input.js';
import { TokenLifespans } from './metadata/client-metadata.js';
import { pageOf, type ClientPage } from './list/client-list.page.js';
import { readListQuery } from './list/client-list.query.js';
import { ClientListStatements } from './list/client-list.statements.js';
import { clientRules, expiryLiesAhead, usesSecret, type Rule } from './metadata/client-metadata.rules.js';
import { patchedDocument } from './metadata/client-patch.js';
import { ClientInput } from './metadata/client.dto.js';
import { Client } from './store/client.entity.js';
import { ClientStatements, type CurrentClient } from './store/client.statements.js';
import { ClientWriter, type Edited } from './client.writer.js';
import { ClientsOptions } from './clients.options.js';
import { oncePerKey } from './once-per-key.js';
import { SectorIdentifier } from './sector-identifier.js';

/** What one change of a client does ahead of its transaction, once, however often it is tried. */
interface Preparation {
  issue: ReturnType<typeof oncePerKey<Awaited<ReturnType<SecretsService['issue']>>>>;
  sector: SectorIdentifier;
}

/** Creates, finds, changes and removes clients. */
@Injectable()
export class ClientsService {
  private readonly registrationUrl: string;
  private readonly rules: readonly Rule[];

  /** @internal */
  constructor(
    private readonly statements: ClientStatements,
    private readonly lists: ClientListStatements,
    private readonly writer: ClientWriter,
    private readonly secrets: SecretsService,
    private readonly options: ClientsOptions,
    @Inject(CLIENT_ID_GENERATOR) private readonly ids: ClientIdGenerator,
  ) {
    this.registrationUrl = `${options.publicUrl}/oauth2/register/`;
    this.rules = clientRules((secret) => secrets.faultOf(secret));
  }

  /**
   * Creates a client. The answer holds its secret and its registration access token in clear, this once.
   *
   * @param body members of {@link ClientInput}, as an object, or as JSON in text or bytes; what is left out takes its default,
   * unknown and server-owned members are ignored
   * @param options the transaction to take part in
   * @returns the client as a {@link ClientView}
   * @throws OAuthError 400 with every fault of the body; 409 when the id is taken
   */
  async create(body: unknown, options: CallOptions = {}): Promise<ClientAnswer> {
    const input = await readInput(ClientInput, body, [...this.rules, expiryLiesAhead('client_secret_expires_at')]);
    const id = input.client_id || (await generatedId(this.ids));
    const { issue, sector } = this.prepare(id);
    await sector.check(input);
    const issued = usesSecret(input) ? await issue(input.client_secret) : undefined;
    const secrets = issued ? [endingAt(issued.row, input.client_secret_expires_at)] : [];
    if (!issued) input.client_secret_expires_at = 0;
    const token = generateSecret(TOKEN_PREFIX);
    const now = new Date().toISOString();
    const registrationTokenDigest = createHash('sha256').update(token).digest('hex');
    const client = Object.assign(new Client(), { id, createdAt: now, updatedAt: now, registrationTokenDigest });
    client.render(input);
    if (!(await this.writer.insert(client, input, secrets, options)))
      throw OAuthError.conflict(`A client with the client_id ${id} exists already: choose another one.`);
    return answerOf(id, client, {
      client_secret: issued?.clear,
      registration_access_token: token,
      registration_client_uri: this.registrationUrl + encodeURIComponent(id),
    });
  }

  /**
   * One client, without anything secret.
   *
   * @param id the `client_id`
   * @param options the transaction to read in
   * @throws OAuthError 404 for an unknown client
   */
  async get(id: string, { manager }: CallOptions = {}): Promise<ClientAnswer> {
    const stored = await this.statements.find(id, this.statements.within(manager));
    if (!stored) throw OAuthError.unknownClient();
    return answerOf(id, stored);
  }

  /**
   * A page of the clients that all given filters let through.
   *
   * @param query parameters of `GET /admin/clients`; an object has each but once. Default: the first 100 clients
   * @param options the transaction to read in
   * @returns the clients as a list of {@link ClientView}, and the queries of other pages
   * @throws OAuthError 400 that names an unknown or a wrong parameter
   */
  async list(query: URLSearchParams | Record<string, string> = {}, { manager }: CallOptions = {}): Promise<ClientPage> {
    const asked = readListQuery(new URLSearchParams(query));
    const executor = this.statements.within(manager);
    const [found, total] = await Promise.all([
      this.lists.page(asked, executor),
      asked.withTotal ? this.lists.count(asked, executor) : undefined,
    ]);
    return pageOf(asked, found, total);
  }

  /**
   * Replaces all members of a client; what the body leaves out goes back to its default. Without a `client_secret` the
   * secrets stay, with one it is the only one.
   *
   * @param id the `client_id`; what the body says of it is ignored
   * @param body members of {@link ClientInput}, as for {@link ClientsService.create}
   * @param options the state to change, and the transaction to take part in
   * @returns the client; with its secret in clear if the body had one
   * @throws OAuthError 400 with every fault of the body, 404 for an unknown client, 412 when `ifMatch` is of another state
   */
  async replace(id: string, body: unknown, options: ChangeOptions = {}): Promise<ClientAnswer> {
    // The path has the client_id; what the body says of it is ignored.
    const input = await readMembers(ClientInput, { ...membersOf(body), client_id: undefined }, this.rules);
    const preparation = this.prepare(id);
    return this.writer.edit(id, options, async (current) => {
      const { client_secret_expires_at: stored } = current.client.metadata;
      await obey(input, [expiryLiesAhead('client_secret_expires_at', stored)]);
      return this.assign(current, { ...input }, preparation);
    });
  }

  /**
   * Changes some members of a client by a JSON Patch (RFC 6902) or a JSON Merge Patch (RFC 7396).
   *
   * @param id the `client_id`
   * @param body the patch: a list of operations or an object, or JSON in text or bytes
   * @param contentType `application/merge-patch+json` for a merge patch. Default a JSON Patch
   * @param options the state to change, and the transaction to take part in
   * @returns the client; with its secret in clear if the patch set one
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` is of another state, 400 that tells which operation failed or with every fault of the patched client
   */
  patch(id: string, body: unknown, contentType?: string, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const preparation = this.prepare(id);
    return this.writer.edit(id, options, async (current) => {
      const { document, metadata } = current.client;
      const patched = patchedDocument(id, document, body, contentType);
      if (patched === document) return { metadata, secrets: current.secrets };
      const expiry = expiryLiesAhead('client_secret_expires_at', metadata.client_secret_expires_at);
      return this.assign(current, await readInput(ClientInput, patched, [...this.rules, expiry]), preparation);
    });
  }

  /**
   * Replaces the thirteen lifespans of a client and nothing else.
   *
   * @param id the `client_id`
   * @param body members of {@link TokenLifespans}, as an object, or as JSON in text or bytes; what is left out is unset
   * @param options the state to change, and the transaction to take part in
   * @returns the client
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` is of another state, 400 with every fault of the body
   */
  setLifespans(id: string, body: unknown, options: ChangeOptions = {}): Promise<ClientAnswer> {
    return this.writer.edit(id, options, async ({ client, secrets }) => {
      const lifespans = await readInput(TokenLifespans, body);
      return { metadata: Object.assign(client.metadata, lifespans), secrets };
    });
  }

  /**
   * Removes a client with all that is its own. Its `client_id` can be used again.
   *
   * @param id the `client_id`
   * @param options the state to remove, and the transaction to take part in
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` is of another state, 400 when it is malformed
   */
  remove(id: string, options: ChangeOptions = {}): Promise<void> {
    return this.writer.remove(id, options);
  }

  private prepare(id: string): Preparation {
    return {
      issue: oncePerKey((chosen) => this.secrets.issue(id, chosen)),
      sector: new SectorIdentifier(this.options.outbound),
    };
  }

  /** The client with all members of `input`. A method without secrets ends them; one with secrets makes none. */
  private async assign(
    { client, secrets }: CurrentClient,
    input: ClientInput,
    { issue, sector }: Preparation,
  ): Promise<Edited> {
    await sector.check(input, client.metadata);
    if (!usesSecret(input)) return { metadata: input, secrets: [] };
    const { client_secret: chosen, client_secret_expires_at: expiresAt } = input;
    const [newest, ...older] = secrets;
    // What has ended stays ended, since who does not know the member leaves it out; a later end can be set.
    const end = newest && expiresAt === 0 && !isValid(newest) ? newest.expiresAt : expiresAt;
    if (!chosen) return { metadata: input, secrets: newest ? [endingAt(newest, end), ...older] : [] };
    const { clear, row } = await issue(chosen);
    return { metadata: input, secrets: [endingAt(row, expiresAt)], once: { client_secret: clear } };
  }
}
