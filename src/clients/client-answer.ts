import type { Answer } from '../http/answer.js';
import type { StoredClient } from './client.statements.js';

/** One client as it goes out: `json` is a {@link ClientView}, as text. */
export type ClientAnswer = Answer;

/** Strong entity tag of a client: it never returns, not even for a client that is made anew under the same id. */
export function etagOf({ tag, version, shape }: StoredClient): string {
  return `"${tag}.${version}.${shape}"`;
}

/** @param once members that this answer shows and no later one */
export function answerOf(id: string, client: StoredClient, once: object = {}): ClientAnswer {
  const shown = JSON.stringify(once).slice(1);
  const json = shown === '}' ? client.document : `${client.document.slice(0, -1)},${shown}`;
  return { id, etag: etagOf(client), json };
}
