import type { Page } from '../../http/answer.js';
import { memberTexts, objectText } from '../../json/json-text.js';
import type { ShownClient } from '../store/client-answer.js';
import type { ClientListQuery } from './client-list.query.js';
import type { ListedClient } from './client-list.statements.js';

/** A page of clients, ready to be sent. */
export class ClientPage implements Page {
  /**
   * @param json the clients as the admin API shows them, as JSON text
   * @param links query parameters of other pages: `first`, and `next` unless this is the last page
   * @param total clients on all pages, if `include_total` asked for the number
   */
  constructor(
    readonly json: string,
    readonly links: Page['links'],
    readonly total?: number,
  ) {}

  /** The clients in {@link json}, parsed on each access; with `fields`, they have only those members. */
  get clients(): ShownClient[] {
    return JSON.parse(this.json) as ShownClient[];
  }
}

/**
 * Returns one page of a list, ready to be sent.
 *
 * @param found the clients of the page, plus one when there is a next page
 */
export function pageOf(query: ClientListQuery, found: readonly ListedClient[], total?: number): ClientPage {
  const { fields, size, sort, page } = query;
  const listed = found.slice(0, size);
  const last = listed.at(-1);
  const shown = new Set(fields);
  const documents = listed.map(({ document }) =>
    shown.size > 0 ? objectText(memberTexts(document, shown)) : document,
  );
  const links: Page['links'] = { first: page() };
  if (last && found.length > size) links['next'] = page(sort === 'id' ? [last.id] : [last.sorted, last.id]);
  return new ClientPage(`[${documents.join(',')}]`, links, total);
}
