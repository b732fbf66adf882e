import type { Command } from 'commander';
import type { ExpiringView } from '../../expiry/expiring.dto.js';
import { EXPIRING_PARAMETERS } from '../../expiry/expiring.query.js';
import { addPlaceAndFormat, addQuiet } from '../input/common-options.js';
import { addListFlags } from '../input/list-flags.js';
import { withRegistry } from '../registry/open-registry.js';
import { addPaging, printPages, type PagedOptions } from './clients/paged.js';

/** The members in the table. */
const COLUMNS = ['kind', 'client_id', 'name', 'owner', 'expires_at', 'id'] as const satisfies (keyof ExpiringView)[];

const HELP = `
What ends first comes first. expires_at is in seconds since the epoch.

Examples:
  oauth2-client-registry expiring
  oauth2-client-registry expiring --within 7d --json
  oauth2-client-registry rotate orders-web`;

/** Gives the command `expiring` its flags, its help and its action. */
export function fillExpiring(command: Command): void {
  command.addHelpText('after', HELP);
  const paged = addPaging(addQuiet(addPlaceAndFormat(command)), 'secrets, keys and tokens');
  const read = addListFlags(paged, EXPIRING_PARAMETERS);
  command.action(async (given: PagedOptions) => {
    const columns = given.format === 'table' ? COLUMNS : undefined;
    const printing = { query: read(given), given, columns, more: 'More secrets, keys or tokens end' };
    await withRegistry((registry) => printPages((page) => registry.expiring(page), printing));
  });
}
