import type { Answer } from '../../http/answer.js';
import type { ClientView } from '../metadata/client.dto.js';
import type { StoredClient } from './client.statements.js';

/** A client as answers show it: with a secret in the one answer that hands it out. */
export type ShownClient = Omit<ClientView, 'client_secret'> & Partial<Pick<ClientView, 'client_secret'>>;

/** One client as it goes out. */
export class ClientAnswer implements Answer {
  /**
   * @param id the `client_id`
   * @param etag strong entity tag, for `ifMatch`
   * @param json what the admin API shows, as text: every digit of `metadata` as it was sent
   */
  constructor(
    readonly id: string,
    readonly etag: string,
    readonly json: string,
  ) {}

  /** The members that {@link json} holds, parsed anew each time; numbers in `metadata` are JavaScript's. */
  get client(): ShownClient {
    return JSON.parse(this.json) as ShownClient;
  }
}

/** Strong entity tag of a client: it never returns, not even for a client that is made anew under the same id. */
export function etagOf({ tag, version, shape }: StoredClient): string {
  return `"${tag}.${version}.${shape}"`;
}

/** @param once members that this answer shows and no later one */
export function answerOf(id: string, client: StoredClient, once: object = {}): ClientAnswer {
  const shown = JSON.stringify(once).slice(1);
  const json = shown === '}' ? client.document : `${client.document.slice(0, -1)},${shown}`;
  return new ClientAnswer(id, etagOf(client), json);
}
