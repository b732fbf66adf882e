import { Inject, Injectable } from '@nestjs/common';
import { SecretsService, type IssuedSecret } from '../secrets/secrets.service.js';
import { CLIENT_ID_GENERATOR, generatedId, type ClientIdGenerator } from './client-id-generator.js';
import { ClientsOptions } from './clients.options.js';
import { clientRules, type Rule } from './metadata/client-metadata.rules.js';
import { fetchRedirectUris, requireSector, type Sector } from './metadata/sector-identifier.js';
import { oncePerKey } from './once.js';

/** The slow work of one change, done ahead of its transaction, and done once however often the change is tried. */
export interface Preparation {
  /** Issues a secret: the one that the caller chose, or a generated one for `''`. */
  issue: (chosen: string) => Promise<IssuedSecret>;
  /**
   * Checks the sector identifier document, as `requireSector` does.
   *
   * @throws OAuthError 400 `invalid_client_metadata`
   */
  requireSector: (input: Sector, before?: Sector) => Promise<void>;
}

/** Prepares changes of clients: ids, secrets, rules and documents that are fetched. */
@Injectable()
export class ClientPreparation {
  /** The rules for every client. */
  readonly rules: readonly Rule[];

  constructor(
    private readonly secrets: SecretsService,
    private readonly options: ClientsOptions,
    @Inject(CLIENT_ID_GENERATOR) private readonly ids: ClientIdGenerator,
  ) {
    this.rules = clientRules((secret) => secrets.faultOf(secret));
  }

  /**
   * A `client_id` for a client that is created without one.
   *
   * @throws Error when the host's generator returns an id that no client can have
   */
  newId(): Promise<string> {
    return generatedId(this.ids);
  }

  /** Begins one change of the client whose `client_id` is `id`. */
  begin(id: string): Preparation {
    const fetchList = oncePerKey((uri) => fetchRedirectUris(uri, this.options.outbound));
    return {
      issue: oncePerKey((chosen) => this.secrets.issue(id, chosen)),
      requireSector: (input, before) => requireSector(input, before, fetchList),
    };
  }
}
