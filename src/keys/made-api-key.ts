import { ApiKeyView, type MadeApiKeyView } from './api-key.dto.js';

/**
 * An API key that was just made. As JSON, in a log or as a copy, it is only the key's {@link ApiKeyView}: to hand out the key, read
 * {@link MadeApiKey.key} or {@link MadeApiKey.shown}.
 */
export class MadeApiKey extends ApiKeyView {
  /** `#`, not `private`, hides it from code that inspects the object. */
  readonly #key: string;

  /** @param key the key itself */
  constructor(view: ApiKeyView, key: string) {
    super();
    Object.assign(this, view);
    this.#key = key;
  }

  /** The key itself. No later answer shows it. */
  get key(): string {
    return this.#key;
  }

  /** The key with {@link key}, as the admin API shows it now. */
  get shown(): MadeApiKeyView {
    return { ...(this as ApiKeyView), key: this.#key };
  }
}
