/**
 * The operations on webhooks that the command line needs, whether it opens the database or calls a running service. Webhooks and bodies
 * are JSON text with the members of the admin API. Every method throws an `OAuthError` when the registry refuses, and another error when
 * it cannot be reached.
 */
export interface WebhookRegistry {
  /** Makes a webhook, and returns it with its signing secret. */
  create(body: string): Promise<string>;
  /** Returns all webhooks, the oldest first, without their signing secrets. */
  list(): Promise<string[]>;
  /** Returns one webhook, without its signing secret. */
  get(id: string): Promise<string>;
  /** Replaces the members that a caller may set, and returns the webhook. */
  replace(id: string, body: string): Promise<string>;
  /** Removes a webhook, and the deliveries that have not succeeded. */
  remove(id: string): Promise<void>;
  /** Gives a webhook another signing secret, and returns the webhook with that secret. */
  rotate(id: string): Promise<string>;
  /** Sends changes again, and returns the webhook. */
  replay(id: string, body: string): Promise<string>;
  /** Returns a page of deliveries that have not succeeded, in journal order; the query is that of `GET /admin/webhooks/{id}/deliveries`. */
  deliveries(id: string, query: URLSearchParams): Promise<string[]>;
  /** Closes the database, if this process opened it. */
  close(): Promise<void>;
}
