import { Injectable } from '@nestjs/common';
import type { FoundSecret, StoredSecret } from '../secrets/secret-matcher.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { AuthenticationOptions } from './authentication.options.js';
import type { Candidate } from './candidates.js';
import { Guesses } from './guesses.js';
import type { Presented } from './token-request.js';

/** Compares the secrets that clients present, and counts the wrong ones of each source. */
@Injectable()
export class SecretProofs {
  private readonly guesses = new Guesses();

  constructor(
    private readonly secrets: SecretsService,
    private readonly options: AuthenticationOptions,
  ) {}

  /**
   * The secret of a client that was presented, in the way that is the client's.
   *
   * @param source who presents it, if the authorization server said so
   * @throws OAuthError 429 when too many wrong ones came from `source`; 503 when too many wait to be compared
   */
  async find(
    { method, clientId, secret }: Extract<Presented, { by: 'secret' }>,
    candidate: Candidate | undefined,
    source: string | undefined,
  ): Promise<FoundSecret<StoredSecret> | undefined> {
    const check = this.options.limitGuesses ? this.guesses.of(clientId, source) : undefined;
    // Compared whatever the client and its method are: each refusal takes as long as that of a wrong secret.
    const found = await this.secrets.which(clientId, secret, candidate?.secrets ?? [], check);
    return candidate?.authMethod === method ? found : undefined;
  }

  /**
   * Is it a secret of a client that has not ended? Unlike in {@link find} every wrong one counts, also one that costs no slow hash.
   *
   * @param source who presents it, if anybody knows
   * @throws OAuthError 429 when too many wrong ones came from `source`; 503 when too many wait to be compared
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

  /** What follows when a client is let in by a secret, see {@link SecretsService.renew}. */
  accept(secret: StoredSecret, presented: string): Promise<void> {
    return this.secrets.renew(secret, presented);
  }
}
