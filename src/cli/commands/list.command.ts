import type { Command } from 'commander';
import { MAX_PAGE_SIZE } from '../../http/query/query-parameters.js';
import type { ClientView } from '../../clients/metadata/client.dto.js';
import { addPlaceAndFormat, addQuiet, type CommonOptions } from '../input/common-options.js';
import { numberValue } from '../input/flag-value.js';
import { addListFlags } from '../input/list-flags.js';
import { IDS, recordsWriter } from '../output/formats.js';
import { print } from '../output/print.js';
import { withRegistry } from '../registry/open-registry.js';
import type { Registry } from '../registry/registry.js';

/** The member that `--quiet` shows. */
const ID = 'client_id' satisfies keyof ClientView;
/** The members in the table; `--fields` chooses others. */
const COLUMNS = [ID, 'client_name', 'owner', 'grant_types', 'scope'] satisfies (keyof ClientView)[];

const HELP = `
It prints all clients that match, page by page, so the list may be longer than the memory. With --limit it stops, and names the
--page-token with which another call goes on.

Examples:
  oauth2-client-registry list
  oauth2-client-registry list --owner team-orders --scope openid --sort -created_at --limit 20
  oauth2-client-registry list --fields client_id,redirect_uris --format ndjson
  oauth2-client-registry list --owner team-orders --quiet`;

interface ListOptions extends CommonOptions {
  fields?: string[];
  limit?: string;
  pageSize?: string;
}

/** Gives the command `list` its flags, its help and its action. */
export function fillList(command: Command): void {
  addQuiet(addPlaceAndFormat(command.addHelpText('after', HELP)))
    .option('--limit <number>', 'clients to print; default all', numberValue)
    .option(
      '--page-size <number>',
      `clients to read at once, at most ${MAX_PAGE_SIZE}; default ${MAX_PAGE_SIZE}`,
      numberValue,
    );
  const read = addListFlags(command);
  command.action((given: ListOptions) => withRegistry((registry) => printAll(registry, read(given), given)));
}

/** Prints the clients of all pages up to the limit. The next page is read when the reader has taken the last one. */
async function printAll(registry: Registry, query: URLSearchParams, given: ListOptions): Promise<void> {
  const { format, limit, pageSize } = given;
  const isTable = format === 'table';
  if (isTable && !query.has('fields')) query.set('fields', COLUMNS.join(','));
  if (format === IDS) query.set('fields', ID);
  const writer = await recordsWriter(format, isTable ? (given.fields ?? COLUMNS) : undefined);
  const size = Math.min(Number(pageSize) || MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  let left = limit === undefined ? Infinity : Number(limit);
  let next: URLSearchParams | undefined = query;
  while (next && left > 0) {
    next.set('page_size', String(Math.min(size, left)));
    const page = await registry.page(next);
    await print(writer.page(page.clients));
    left -= page.clients.length;
    next = page.next;
  }
  await print(writer.end());
  const token = next?.get('page_token');
  if (token) console.error(`More clients match: add --page-token ${token} to go on.`);
}
