import type { Command } from 'commander';
import { HISTORY_PARAMETERS } from '../../../clients/history/history-page.js';
import type { ChangeView } from '../../../journal/reading/change.dto.js';
import { addPlaceAndFormat } from '../../input/common-options.js';
import { flagValue } from '../../input/flag-value.js';
import { addListFlags } from '../../input/list-flags.js';
import { withRegistry } from '../../registry/open-registry.js';
import { addPaging, printPages, type PagedOptions } from './paged.js';

/** The members in the table. */
const COLUMNS = ['version', 'tag', 'at', 'kinds', 'members', 'actor'] as const satisfies (keyof ChangeView)[];

const HELP = `
The newest change comes first. tag is the life of the client_id: one that is created anew after it was deleted gets another tag.

Examples:
  oauth2-client-registry history invoices
  oauth2-client-registry history invoices --limit 1 --json
  oauth2-client-registry get invoices --as-of 3`;

/** Gives the command `history` its flags, its help and its action. */
export function fillHistory(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', HELP);
  const read = addListFlags(addPaging(addPlaceAndFormat(command), 'changes'), HISTORY_PARAMETERS);
  command.action(async (id: string, given: PagedOptions) => {
    const columns = given.format === 'table' ? COLUMNS : undefined;
    const printing = { query: read(given), given, columns, more: 'There are older changes' };
    await withRegistry((registry) => printPages((page) => registry.history(id, page), printing));
  });
}
