import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BodyOptions } from '../../access/call-options.js';
import { REGISTRATION_TOKEN_PREFIX } from '../../secrets/generated/secret-format.js';
import { endingAt, type SecretSet } from '../../secrets/secret-set.js';
import { issueToken } from '../../secrets/generated/token.js';
import { clientIdTaken } from '../metadata/client-errors.js';
import { usesSecret } from '../metadata/client-metadata.rules.js';
import type { ClientInput, ClientView } from '../metadata/client.dto.js';
import type { RegisteredVia } from '../metadata/origin/registered-via.js';
import type { Client } from '../store/client.entity.js';
import { NO_TOKEN } from '../tokens/registration-token.js';
import { RegistrationUrl } from '../tokens/registration-url.js';
import { ClientPreparation } from './client-preparation.js';
import { ClientWriter } from './client.writer.js';

/** The members that only the answer to a creation shows. */
export type HandedOut = Partial<
  Pick<ClientView, 'client_secret' | 'registration_access_token' | 'registration_client_uri'>
>;

/** A client that was created. */
export interface CreatedClient {
  client: Client;
  secrets: SecretSet;
  once: HandedOut;
}

/** Options of {@link ClientCreation.create}. */
export interface CreationOptions extends BodyOptions {
  /** Where it comes from. */
  via: RegisteredVia;
  /** Whether the client gets a registration access token. Default true. */
  givesToken?: boolean;
  /**
   * Runs the insert, for example in one transaction with other statements. Default: in the transaction of `manager`, or in its own.
   *
   * @param insert writes the client in the transaction of the manager
   */
  around?: (insert: (manager?: EntityManager) => Promise<Client | undefined>) => Promise<Client | undefined>;
}

/** Creates clients: all slow work first, then one insert. The caller checks permissions. */
@Injectable()
export class ClientCreation {
  constructor(
    private readonly writer: ClientWriter,
    private readonly preparation: ClientPreparation,
    private readonly url: RegistrationUrl,
  ) {}

  /**
   * Creates a client from members that obey all rules.
   *
   * @param input the members; without `client_id` or a secret, the registry generates them
   * @throws OAuthError 400 when the sector identifier document does not list its redirect URIs, 409 when the id is taken, 503 when too many
   * requests wait for the hasher
   */
  async create(input: ClientInput, options: CreationOptions): Promise<CreatedClient> {
    const { via, givesToken = true, around = (insert) => insert(options.manager) } = options;
    const id = input.client_id || (await this.preparation.newId());
    const { during, requireSector } = this.preparation.begin(id, options);
    await during(async () => requireSector(input));
    const { client_secret: chosen, client_secret_hash: hash } = input;
    const issued = usesSecret(input) ? await this.preparation.issue(id, chosen, hash, options.signal) : undefined;
    const secrets = issued ? [endingAt(issued.row, input.client_secret_expires_at)] : [];
    const token = givesToken ? issueToken(REGISTRATION_TOKEN_PREFIX) : undefined;
    const { digest } = token ?? NO_TOKEN;
    const isChosen = input.client_id !== '';
    const created = { id, isChosen, metadata: input, secrets, registrationTokenDigest: digest, via };
    const client = await around((manager) => this.writer.insert(created, { ...options, manager }));
    if (!client) throw clientIdTaken(id);
    const once: HandedOut = {
      client_secret: issued ? issued.clear : this.preparation.unusableSecret(chosen),
      ...(token && { registration_access_token: token.clear, registration_client_uri: this.url.of(id) }),
    };
    return { client, secrets, once };
  }
}
