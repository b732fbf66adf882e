import type { Page } from '../../http/answer.js';
import { memberTexts, objectText } from '../../json/json-text.js';
import type { ShownClient } from '../store/client-answer.js';
import type { ClientListQuery } from './client-list.query.js';
import type { ListedClient } from './client-list.statements.js';

/** A page of clients as it goes out. */
export class ClientPage implements Page {
  /**
   * @param json what the admin API shows, as text
   * @param links query parameters of the pages beside it: `first`, and `next` while there is one
   * @param total clients on all pages, where `include_total` asked for it
   */
  constructor(
    readonly json: string,
    readonly links: Page['links'],
    readonly total?: number,
  ) {}

  /** The clients that {@link json} holds, parsed anew each time; with `fields` they have these members only. */
  get clients(): ShownClient[] {
    return JSON.parse(this.json) as ShownClient[];
  }
}

/**
 * One page of a list as it goes out.
 *
 * @param found the clients of the page, and one more when there is a next page
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
