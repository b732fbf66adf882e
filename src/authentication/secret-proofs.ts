import { Injectable } from '@nestjs/common';
import type { FoundSecret, StoredSecret } from '../secrets/secret-matcher.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { AuthenticationOptions } from './authentication.options.js';
import type { Candidate } from './candidates.js';
import { Guesses } from './guesses.js';
import type { Presented } from './token-request.js';

/** Compares the secrets that clients present, and counts the wrong ones from each source. */
@Injectable()
export class SecretProofs {
  private readonly guesses = new Guesses();

  constructor(
    private readonly secrets: SecretsService,
    private readonly options: AuthenticationOptions,
  ) {}

  /**
   * Finds the stored secret that was presented, if the client presented it by its registered method.
   *
   * @param source address of the client, if the authorization server named it
   * @throws OAuthError 429 when too many wrong secrets came from `source`; 503 when too many wait to be compared
   */
  async find(
    { method, clientId, secret }: Extract<Presented, { by: 'secret' }>,
    candidate: Candidate | undefined,
    source: string | undefined,
  ): Promise<FoundSecret<StoredSecret> | undefined> {
    const check = this.options.limitGuesses ? this.guesses.of(clientId, source) : undefined;
    // Compared whatever the client and its method are, so that each rejection takes as long as that of a wrong secret.
    const found = await this.secrets.which(clientId, secret, candidate?.secrets ?? [], check);
    return candidate?.authMethod === method ? found : undefined;
  }

  /**
   * Whether a text is a secret of a client that has not ended. Unlike in {@link find}, every wrong one counts, even if it costs no slow hash.
   *
   * @param source address that presents it, if known
   * @throws OAuthError 429 when too many wrong secrets came from `source`; 503 when too many wait to be compared
   */
  async isSecretOf(
    clientId: string,
    secret: string,
    stored: readonly StoredSecret[],
    source?: string,
  ): Promise<boolean> {
    const check = this.options.limitGuesses ? this.guesses.of(clientId, source) : undefined;
    check?.begin();
    const found = await this.secrets.which(clientId, secret, stored);
    if (found) check?.succeed();
    return found !== undefined;
  }

  /** Follows up a successful authentication by secret, see {@link SecretsService.renew}. */
  accept(secret: StoredSecret, presented: string): Promise<boolean> {
    return this.secrets.renew(secret, presented);
  }
}
