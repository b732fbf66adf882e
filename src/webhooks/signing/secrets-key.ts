import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** Bytes of the nonce and of the authentication tag (NIST SP 800-38D §5.2.1). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Prefix of sealed secrets, which distinguishes this format from others. */
const VERSION = 'v1.';

/** Encrypts secrets that the registry must use, and so cannot store as hashes. */
export class SecretsKey {
  readonly #key: Buffer;

  /** @param text 32 characters or more, chosen at random */
  constructor(text: string) {
    this.#key = Buffer.from(hkdfSync('sha256', text, '', 'oauth2-client-registry webhooks', KEY_BYTES));
  }

  /**
   * Encrypts a secret.
   *
   * @param id id of the row that the secret belongs to: in another row it cannot be decrypted
   */
  seal(clear: string, id: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(id));
    const text = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
    return VERSION + Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /**
   * Decrypts what {@link seal} returned for the same id.
   *
   * @returns `undefined` when the secret was sealed under another key or for another id, or was altered
   */
  open(sealed: string, id: string): string | undefined {
    if (!sealed.startsWith(VERSION)) return undefined;
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    const [nonce, tag, text] = [
      bytes.subarray(0, NONCE_BYTES),
      bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
      bytes.subarray(NONCE_BYTES + TAG_BYTES),
    ];
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(id)).setAuthTag(tag);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
