import { inspect } from 'node:util';
import type { Answer } from '../../http/answer.js';
import { serverOwnedOf } from '../../fields/server-owned.js';
import { ClientView } from '../metadata/client.dto.js';
import type { StoredClient } from './client.statements.js';

/** A client as the admin API shows it; only the answer that issues a secret contains it. */
export type ShownClient = Omit<ClientView, 'client_secret' | 'client_secret_hash'> &
  Partial<Pick<ClientView, 'client_secret'>>;

/** The members that only one answer shows. */
const SHOWN_ONCE = new Set([
  'client_secret' satisfies keyof ShownClient,
  ...serverOwnedOf(ClientView).flatMap(({ name, shown }) => (shown === 'once' ? [name] : [])),
]);

/**
 * One client, ready to be sent. As JSON, in a log or as a copy, it shows the client without the members that are shown once. To pass a secret
 * on, read {@link ClientAnswer.client} or {@link ClientAnswer.json}.
 */
export class ClientAnswer implements Answer {
  /** `#` rather than `private`: serializers, loggers and copies of the object do not see it. */
  readonly #json: string;

  /**
   * @param id the `client_id`
   * @param etag strong entity tag, for `ifMatch`
   * @param json the client as the admin API shows it, as JSON text
   */
  constructor(
    readonly id: string,
    readonly etag: string,
    json: string,
  ) {
    this.#json = json;
  }

  /** The client as the admin API shows it, as JSON text, with its secret if this answer shows it; `metadata` is as it was sent. */
  get json(): string {
    return this.#json;
  }

  /**
   * The members of {@link json}, with the secret if this answer shows it, parsed on each access; numbers in `metadata` may lose digits.
   */
  get client(): ShownClient {
    return JSON.parse(this.#json) as ShownClient;
  }

  /** Returns the client without the members that are shown once. */
  toJSON(): Partial<ShownClient> {
    const shown = Object.entries(this.client).filter(([name]) => !SHOWN_ONCE.has(name));
    return Object.fromEntries(shown) as Partial<ShownClient>;
  }

  /** As {@link toJSON}, as text. */
  toString(): string {
    return JSON.stringify(this);
  }

  /** @internal */
  [inspect.custom](): object {
    return this.toJSON();
  }
}

/** Returns the strong entity tag of a client: never reused, not even when a client is re-created under the same id. */
export function etagOf({ tag, version, shape }: StoredClient): string {
  return `"${tag}.${version}.${shape}"`;
}

/**
 * Returns the answer that shows a client.
 *
 * @param once members that only this answer shows. Default none
 */
export function answerOf(id: string, client: StoredClient, once: object = {}): ClientAnswer {
  const shown = JSON.stringify(once).slice(1);
  const json = shown === '}' ? client.document : `${client.document.slice(0, -1)},${shown}`;
  return new ClientAnswer(id, etagOf(client), json);
}
