import type { Answer } from '../../http/answer.js';
import type { ClientView } from '../metadata/client.dto.js';
import type { StoredClient } from './client.statements.js';

/** A client as the admin API shows it; only the answer that issues a secret contains it. */
export type ShownClient = Omit<ClientView, 'client_secret'> & Partial<Pick<ClientView, 'client_secret'>>;

/** One client, ready to be sent. */
export class ClientAnswer implements Answer {
  /**
   * @param id the `client_id`
   * @param etag strong entity tag, for `ifMatch`
   * @param json the client as the admin API shows it, as JSON text: every digit of `metadata` as it was sent
   */
  constructor(
    readonly id: string,
    readonly etag: string,
    readonly json: string,
  ) {}

  /** The members of {@link json}, parsed with each access; numbers in `metadata` may lose digits. */
  get client(): ShownClient {
    return JSON.parse(this.json) as ShownClient;
  }
}

/** Strong entity tag of a client: never reused, not even when a client is re-created under the same id. */
export function etagOf({ tag, version, shape }: StoredClient): string {
  return `"${tag}.${version}.${shape}"`;
}

/**
 * The answer that shows a client.
 *
 * @param once members that only this answer shows; default none
 */
export function answerOf(id: string, client: StoredClient, once: object = {}): ClientAnswer {
  const shown = JSON.stringify(once).slice(1);
  const json = shown === '}' ? client.document : `${client.document.slice(0, -1)},${shown}`;
  return new ClientAnswer(id, etagOf(client), json);
}
