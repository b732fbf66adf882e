import type { Command } from 'commander';
import { LIST_PARAMETERS } from '../../../clients/list/client-list.parameters.js';
import type { ClientView } from '../../../clients/metadata/client.dto.js';
import { addPlaceAndFormat, addQuiet } from '../../input/common-options.js';
import { addListFlags } from '../../input/list-flags.js';
import { IDS } from '../../output/formats.js';
import { withRegistry } from '../../registry/open-registry.js';
import { addPaging, printPages, type PagedOptions } from './paged.js';

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

/** Gives the command `list` its flags, its help and its action. */
export function fillList(command: Command): void {
  addPaging(addQuiet(addPlaceAndFormat(command.addHelpText('after', HELP))), 'clients');
  const read = addListFlags(command, LIST_PARAMETERS);
  command.action(async (given: PagedOptions & { fields?: string[] }) => {
    const query = read(given);
    const isTable = given.format === 'table';
    if (isTable && !query.has('fields')) query.set('fields', COLUMNS.join(','));
    if (given.format === IDS) query.set('fields', ID);
    const columns = isTable ? (given.fields ?? COLUMNS) : undefined;
    const printing = { query, given, columns, more: 'More clients match' };
    await withRegistry((registry) => printPages((page) => registry.page(page), printing));
  });
}
