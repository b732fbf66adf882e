import type { Command } from 'commander';
import type { TombstoneView } from '../../../clients/tombstones/tombstone.dto.js';
import { TOMBSTONES_PARAMETERS } from '../../../clients/tombstones/tombstones.query.js';
import { addPlaceAndFormat, addQuiet } from '../../input/common-options.js';
import { addListFlags } from '../../input/list-flags.js';
import { withRegistry } from '../../registry/open-registry.js';
import { addPaging, printPages, type PagedOptions } from './paged.js';

/** The members in the table. */
const COLUMNS = [
  'client_id',
  'client_name',
  'owner',
  'deleted_at',
  'restorable_until',
  'deleted_by',
] as const satisfies (keyof TombstoneView)[];

const HELP = `
The client that was deleted last comes first. RETENTION says how long a deleted client can be restored.

Examples:
  oauth2-client-registry tombstones
  oauth2-client-registry tombstones --owner team-orders --limit 20
  oauth2-client-registry restore invoices`;

/** Gives the command `tombstones` its flags, its help and its action. */
export function fillTombstones(command: Command): void {
  command.addHelpText('after', HELP);
  const paged = addPaging(addQuiet(addPlaceAndFormat(command)), 'clients');
  const read = addListFlags(paged, TOMBSTONES_PARAMETERS);
  command.action(async (given: PagedOptions) => {
    const columns = given.format === 'table' ? COLUMNS : undefined;
    const printing = { query: read(given), given, columns, more: 'More clients can be restored' };
    await withRegistry((registry) => printPages((page) => registry.tombstones(page), printing));
  });
}
