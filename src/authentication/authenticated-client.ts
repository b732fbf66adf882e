import { inspect } from 'node:util';
import type { EffectiveLifespans } from '../clients/lifespans/effective-lifespans.js';
import type { ShownClient } from '../clients/store/client-answer.js';
import type { ClientDocument } from './client-document.js';

/** The credential that proved the client's identity. */
export interface ProvedCredential {
  /** `secret`, `key` of an assertion, `certificate`, or `none` for a public client, which proves nothing. */
  type: 'secret' | 'key' | 'certificate' | 'none';
  /** Identifier of the secret, `kid` of the key if it has one, or `x5t#S256` thumbprint of the certificate. */
  id?: string;
  /** When it ends, in seconds since the epoch; 0 = never. */
  expires_at?: number;
}

/** A client that has authenticated. */
export class AuthenticatedClient {
  /**
   * @internal
   * @param clientId the `client_id`
   * @param method the method by which it authenticated: its `token_endpoint_auth_method`
   * @param credential the credential that proved its identity
   * @param shown the client as the admin API shows it
   * @param lifespansText returns its effective lifespans, as JSON text
   */
  constructor(
    readonly clientId: string,
    readonly method: string,
    readonly credential: ProvedCredential,
    private readonly shown: ClientDocument,
    private readonly lifespansText: () => string,
  ) {}

  /** The client as the admin API shows it, parsed on first access; numbers in `metadata` may lose digits. */
  get client(): ShownClient {
    return this.shown.client;
  }

  /** @internal */
  get document(): string {
    return this.shown.text;
  }

  /** How long its tokens live, by `grant_type` and by kind of token, parsed on each access. */
  get lifespans(): EffectiveLifespans {
    return JSON.parse(this.lifespansText()) as EffectiveLifespans;
  }

  /** The answer of the admin API, as JSON text: its members `client`, `method`, `credential` and `lifespans`. */
  get json(): string {
    const { method, credential } = this;
    const proof = JSON.stringify({ method, credential }).slice(1, -1);
    return `{"client":${this.document},${proof},"lifespans":${this.lifespansText()}}`;
  }

  /** @internal */
  [inspect.custom](): object {
    return { clientId: this.clientId, method: this.method, credential: this.credential };
  }
}
