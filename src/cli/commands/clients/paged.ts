import type { Command } from 'commander';
import { MAX_PAGE_SIZE } from '../../../http/query/query-parameters.js';
import type { CommonOptions } from '../../input/common-options.js';
import { numberValue } from '../../input/flag-value.js';
import { recordsWriter } from '../../output/formats.js';
import { print } from '../../output/print.js';
import type { RegistryPage } from '../../registry/registry.js';

/** The options of a command that prints a list page by page, as Commander parses them. */
export interface PagedOptions extends CommonOptions {
  limit?: string;
  pageSize?: string;
}

/**
 * Gives a command the flags for how much of a list it prints.
 *
 * @param entries what the list contains, such as `clients`
 */
export function addPaging(command: Command, entries: string): Command {
  const most = `at most ${MAX_PAGE_SIZE}; default ${MAX_PAGE_SIZE}`;
  return command
    .option('--limit <number>', `${entries} to print; default all`, numberValue)
    .option('--page-size <number>', `${entries} to read at once, ${most}`, numberValue);
}

/** How a list is printed. */
interface Printing {
  /** Parameters of the first page. */
  query: URLSearchParams;
  given: PagedOptions;
  /** Members that a table shows. */
  columns?: readonly string[] | undefined;
  /** The text before the token of the next page, which is printed when the limit has ended the list. */
  more: string;
}

/** Prints the entries of all pages up to the limit. It reads a page only when the reader of the output has taken the previous one. */
export async function printPages(
  read: (query: URLSearchParams) => Promise<RegistryPage>,
  { query, given: { format, limit, pageSize }, columns, more }: Printing,
): Promise<void> {
  const writer = await recordsWriter(format, columns);
  const size = Math.min(Number(pageSize) || MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  let left = limit === undefined ? Infinity : Number(limit);
  let next: URLSearchParams | undefined = query;
  while (next && left > 0) {
    next.set('page_size', String(Math.min(size, left)));
    const page = await read(next);
    await print(writer.page(page.records));
    left -= page.records.length;
    next = page.next;
  }
  await print(writer.end());
  const token = next?.get('page_token');
  if (token) console.error(`${more}: add --page-token ${token} to go on.`);
}
