import { Inject, Injectable } from '@nestjs/common';
import type { Rule } from '../../fields/rule.js';
import { OutboundOptions } from '../../http/outbound/guarded-fetch.js';
import type { ClientSecret } from '../../secrets/client-secret.entity.js';
import { SecretsService } from '../../secrets/secrets.service.js';
import type { BodyOptions } from '../../access/call-options.js';
import { CLIENT_ID_GENERATOR, generatedId, type ClientIdGenerator } from './client-id-generator.js';
import { clientRules } from '../metadata/client-metadata.rules.js';
import type { ClientInput } from '../metadata/client.dto.js';
import { fetchRedirectUris, requireSector, type Sector } from '../metadata/sector-identifier.js';
import { SlowWork } from './slow-work.js';

/** A secret that the registry issued, or whose hash a caller sent. */
export interface NewSecret {
  /** The secret as the client presents it; `undefined` when only its hash is known. */
  clear?: string;
  /** The row to store. */
  row: ClientSecret;
}

/** The slow work of one change, see {@link SlowWork}. */
export interface Preparation {
  /** Runs the change; the other methods can be called only inside it. */
  during: <T>(change: () => Promise<T>) => Promise<T>;
  /** As {@link ClientPreparation.issue}. */
  issue: (chosen: string, hash: string) => NewSecret;
  /** Whether the row with this id stores the imported `hash`; if that is `''`, whether it stores the secret `chosen`. */
  isSecret: (secretId: string, chosen: string, hash: string) => boolean;
  /**
   * Checks the sector identifier document, as `requireSector` does.
   *
   * @throws OAuthError 400 `invalid_client_metadata`
   */
  requireSector: (input: Sector, before?: Sector) => void;
}

/** Prepares changes of clients: ids, secrets, rules and fetched documents. */
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
   * Returns a `client_id` for a client that is created without one.
   *
   * @throws Error when the host's generator returns an invalid id
   */
  newId(): Promise<string> {
    return generatedId(this.ids);
  }

  /** As `SecretsService.unusable`: returns the secret to show for a client whose method uses none, if there is one to show. */
  unusableSecret(chosen: string): string | undefined {
    return this.secrets.unusable(chosen);
  }

  /**
   * Returns a new secret: the one imported as `hash`, made by another system; otherwise the one that the caller chose; if both are `''`, a
   * generated one.
   *
   * @throws OAuthError 503 when too many requests wait for the hasher, or when the caller has disconnected
   */
  async issue(id: string, chosen: string, hash: string, signal?: AbortSignal): Promise<NewSecret> {
    return hash ? { row: this.secrets.import(id, hash) } : this.secrets.issue(id, chosen, signal);
  }

  /** Begins one change of the client whose `client_id` is `id`. */
  begin(id: string, options: BodyOptions): Preparation {
    const slow = new SlowWork();
    const fetchList = slow.of((uri: string) => fetchRedirectUris(uri, this.outbound));
    return {
      during: (change) => slow.during(change),
      issue: slow.of((chosen: string, hash: string) => this.issue(id, chosen, hash, options.signal)),
      isSecret: slow.of((secretId: string, chosen: string, hash: string) =>
        hash ? this.secrets.isImportedAs(secretId, hash, options) : this.secrets.isSecret(secretId, chosen, options),
      ),
      requireSector: (input, before) => requireSector(input, before, fetchList),
    };
  }
}
