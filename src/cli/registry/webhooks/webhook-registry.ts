/**
 * What the command line asks of the webhooks of a registry, whether it opens the database or calls a running service. Webhooks and bodies
 * are JSON text with the members of the admin API. Every method throws an `OAuthError` when the registry refuses, and another error when
 * it cannot be reached.
 */
export interface WebhookRegistry {
  /** Makes a webhook, and returns it with its signing secret. */
  create(body: string): Promise<string>;
  /** All webhooks, the oldest first, without their signing secrets. */
  list(): Promise<string[]>;
  /** One webhook, without its signing secret. */
  get(id: string): Promise<string>;
  /** Replaces what a caller may set, and returns the webhook. */
  replace(id: string, body: string): Promise<string>;
  /** Removes a webhook, and what it has not sent. */
  remove(id: string): Promise<void>;
  /** Gives a webhook another signing secret, and returns it with that. */
  rotate(id: string): Promise<string>;
  /** Sends changes again, and returns the webhook. */
  replay(id: string, body: string): Promise<string>;
  /** Deliveries that have not succeeded, in the order of the journal; the query is that of `GET /admin/webhooks/{id}/deliveries`. */
  deliveries(id: string, query: URLSearchParams): Promise<string[]>;
  /** Lets go of what it has open. */
  close(): Promise<void>;
}
