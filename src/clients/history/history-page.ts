import { pageToken, readNumberToken } from '../../http/query/page-token.js';
import { pageParameters, readParameters, readSize, type ParametersOf } from '../../http/query/query-parameters.js';
import { ChangePage, changesText } from '../../journal/reading/change.page.js';
import type { ChangeHead } from '../../journal/table/change-text.js';

const PARAMETERS = pageParameters('Changes');

/** The query parameters of the history of a client. */
export const HISTORY_PARAMETERS = PARAMETERS;

/** The query parameters of the history of a client, as an object. */
export type HistoryParameters = ParametersOf<typeof PARAMETERS>;

/** A page of a history, as the caller asked for it. */
export interface HistoryQuery {
  size: number;
  /** `seq` of the last change of the previous page; `undefined` on the first page. */
  before: string | undefined;
}

/** @throws OAuthError 400 naming an unknown or wrong parameter */
export function readHistoryQuery(id: string, query: URLSearchParams): HistoryQuery {
  const { one } = readParameters(PARAMETERS, query);
  const before = readNumberToken(bindingOf(id), one('page_token'));
  return { size: readSize('page_size', one('page_size')), before };
}

/**
 * Returns one page of a history.
 *
 * @param found the changes of the page, plus one when there is a next page
 */
export function historyPage(id: string, { size }: HistoryQuery, found: readonly ChangeHead[]): ChangePage {
  const listed = found.slice(0, size);
  const last = listed.at(-1);
  const page = (position: readonly string[]) =>
    new URLSearchParams({ page_size: String(size), page_token: pageToken(bindingOf(id), position) });
  const links: ChangePage['links'] = { first: page([]) };
  if (last && found.length > size) links['next'] = page([String(last.seq)]);
  return new ChangePage(changesText(listed), links);
}

function bindingOf(id: string): string {
  return JSON.stringify(['history', id]);
}
