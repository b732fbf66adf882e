/** One page of a list. */
export interface RegistryPage {
  /** Its entries, each as JSON text. */
  records: string[];
  /** Query of the next page; `undefined` on the last one. */
  next: URLSearchParams | undefined;
}

/** The state of the client that a change applies to. */
export interface ChangeCondition {
  /** Its entity tag, several separated by commas, or `*` (RFC 9110 §13.1.1). Default any state. */
  ifMatch?: string;
}

/**
 * The operations of a registry that the command line needs, whether it opens the database or calls a running service. Clients and bodies are
 * JSON text with the members of the admin API; an unknown member of a body is a fault. Every method throws an `OAuthError` when the
 * registry refuses, and another error when it cannot be reached.
 */
export interface Registry {
  /** Creates a client, and returns it with what is shown once. */
  create(body: string): Promise<string>;
  /**
   * Returns one client, and its entity tag.
   *
   * @param asOf a time (RFC 3339) or a version, to see the client as it was. Default: as it is now
   */
  get(id: string, asOf?: string): Promise<{ text: string; etag: string }>;
  /** Returns one page of the clients that match; the query is that of `GET /admin/clients`. */
  page(query: URLSearchParams): Promise<RegistryPage>;
  /** Returns one page of the changes of a client, the newest first; the query is that of `GET /admin/clients/{id}/history`. */
  history(id: string, query: URLSearchParams): Promise<RegistryPage>;
  /** Restores the members of a client from an earlier version, and returns the client. */
  revert(id: string, body: string, condition?: ChangeCondition): Promise<string>;
  /** Applies a JSON Merge Patch (RFC 7396), and returns the client. */
  update(id: string, patch: string, condition?: ChangeCondition): Promise<string>;
  /** Removes a client. */
  remove(id: string, condition?: ChangeCondition): Promise<void>;
  /** Returns one page of the removed clients that can be restored; the query is that of `GET /admin/tombstones`. */
  tombstones(query: URLSearchParams): Promise<RegistryPage>;
  /** Brings a removed client back, and returns it. */
  restore(id: string): Promise<string>;
  /** Makes a new current secret, and returns the client with that secret. */
  rotate(id: string, body: string, condition?: ChangeCondition): Promise<string>;
  /** Suspends a client, and returns it. */
  suspend(id: string, body: string, condition?: ChangeCondition): Promise<string>;
  /** Ends the suspension of a client, and returns it. */
  resume(id: string, condition?: ChangeCondition): Promise<string>;
  /** Returns what is known of each secret, but not the secrets; the current one comes first. */
  secrets(id: string): Promise<string[]>;
  /** Adds a secret, and returns it in clear. */
  addSecret(id: string, body: string, condition?: ChangeCondition): Promise<string>;
  /** Revokes a secret; the last valid secret only with `force`. */
  revokeSecret(id: string, secretId: string, options: ChangeCondition & { force: boolean }): Promise<void>;
  /** Makes an API key, and returns it in clear. */
  createKey(body: string): Promise<string>;
  /** Returns what is known of each API key, but not the keys. */
  keys(): Promise<string[]>;
  /** Revokes an API key. */
  revokeKey(id: string): Promise<void>;
  /** Makes an initial access token, and returns it in clear. */
  createInitialToken(body: string): Promise<string>;
  /** Returns what is known of each initial access token, but not the tokens. */
  initialTokens(): Promise<string[]>;
  /** Revokes an initial access token. */
  revokeInitialToken(id: string): Promise<void>;
  /** Returns one page of the secrets, API keys and initial access tokens that end soon; the query is that of `GET /admin/expiring`. */
  expiring(query: URLSearchParams): Promise<RegistryPage>;
  /** Closes the database, if this process opened it. */
  close(): Promise<void>;
}
