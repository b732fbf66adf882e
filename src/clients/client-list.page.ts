import type { Page } from '../http/answer.js';
import { memberTexts, objectText } from '../json/json-text.js';
import type { ClientListQuery } from './client-list.query.js';
import type { ListedClient } from './client-list.statements.js';

/**
 * One page of a list as it goes out.
 *
 * @param found the clients of the page, and one more when there is a next page
 */
export function pageOf(query: ClientListQuery, found: readonly ListedClient[], total?: number): Page {
  const { fields, size, sort, page } = query;
  const listed = found.slice(0, size);
  const last = listed.at(-1);
  const shown = new Set(fields);
  const documents = listed.map(({ document }) =>
    shown.size > 0 ? objectText(memberTexts(document, shown)) : document,
  );
  const links: Page['links'] = { first: page() };
  if (last && found.length > size) links['next'] = page(sort === 'id' ? [last.id] : [last.sorted, last.id]);
  return { json: `[${documents.join(',')}]`, links, total };
}
