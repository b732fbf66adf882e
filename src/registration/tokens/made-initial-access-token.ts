import { InitialAccessTokenView, type MadeInitialAccessTokenView } from './initial-access-token.dto.js';

/**
 * An initial access token that was just made. As JSON, in a log or copied, it shows only the token's {@link InitialAccessTokenView}: a caller that
 * hands the token out reads it from {@link MadeInitialAccessToken.token} or {@link MadeInitialAccessToken.shown}.
 */
export class MadeInitialAccessToken extends InitialAccessTokenView {
  /** `#`, not `private`, hides it from code that inspects the object. */
  readonly #token: string;

  /**
   * @internal
   * @param token the token itself
   */
  constructor(view: InitialAccessTokenView, token: string) {
    super();
    Object.assign(this, view);
    this.#token = token;
  }

  /** The token itself. No later answer shows it. */
  get token(): string {
    return this.#token;
  }

  /** The token with {@link token}, as the admin API shows it now. */
  get shown(): MadeInitialAccessTokenView {
    return { ...(this as InitialAccessTokenView), token: this.#token };
  }
}
