import { Inject, Injectable } from '@nestjs/common';
import type { Rule } from '../../fields/rule.js';
import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';
import { SecretsService, type IssuedSecret } from '../../secrets/secrets.service.js';
import type { CallOptions } from '../../access/call-options.js';
import { CLIENT_ID_GENERATOR, generatedId, type ClientIdGenerator } from './client-id-generator.js';
import { clientRules } from '../metadata/client-metadata.rules.js';
import type { ClientInput } from '../metadata/client.dto.js';
import { fetchRedirectUris, requireSector, type Sector } from '../metadata/sector-identifier.js';
import { SlowWork } from './slow-work.js';

/** The slow work of one change, see {@link SlowWork}. */
export interface Preparation {
  /** Runs the change; only inside can the others be called. */
  during: <T>(change: () => Promise<T>) => Promise<T>;
  /** Issues a secret: the one that the caller chose, or a generated one for `''`. */
  issue: (chosen: string) => IssuedSecret;
  /** Is `chosen` the secret whose row has this id? */
  isSecret: (secretId: string, chosen: string) => boolean;
  /**
   * Checks the sector identifier document, as `requireSector` does.
   *
   * @throws OAuthError 400 `invalid_client_metadata`
   */
  requireSector: (input: Sector, before?: Sector) => void;
}

/** Prepares changes of clients: ids, secrets, rules and documents that are fetched. */
@Injectable()
export class ClientPreparation {
  /** The rules for every client. */
  readonly rules: readonly Rule<ClientInput>[];

  constructor(
    private readonly secrets: SecretsService,
    private readonly outbound: OutboundOptions,
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

  /** As `SecretsService.unusable`: the secret to show for a client whose method uses none, if any. */
  unusableSecret(chosen: string): string | undefined {
    return this.secrets.unusable(chosen);
  }

  /** Issues a secret for a new client: the one that the caller chose, or a generated one for `''`. */
  issue(id: string, chosen: string): Promise<IssuedSecret> {
    return this.secrets.issue(id, chosen);
  }

  /** Begins one change of the client whose `client_id` is `id`. */
  begin(id: string, options: CallOptions): Preparation {
    const slow = new SlowWork();
    const fetchList = slow.of((uri: string) => fetchRedirectUris(uri, this.outbound));
    return {
      during: (change) => slow.during(change),
      issue: slow.of((chosen: string) => this.issue(id, chosen)),
      isSecret: slow.of((secretId: string, chosen: string) => this.secrets.isSecret(secretId, chosen, options)),
      requireSector: (input, before) => requireSector(input, before, fetchList),
    };
  }
}
