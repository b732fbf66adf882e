import type { Command } from 'commander';
import { addPlaceAndFormat, addQuiet, type CommonOptions } from '../../input/common-options.js';
import { flagValue } from '../../input/flag-value.js';
import { printOnce } from '../../output/once.js';
import { withRegistry } from '../../registry/open-registry.js';

const HELP = `
The client comes back as it was when it was deleted, with its secrets, in a new version. While another client has its id it is refused.

Examples:
  oauth2-client-registry restore invoices
  oauth2-client-registry tombstones --owner team-orders --quiet | xargs -n 1 oauth2-client-registry restore`;

/** Gives the command `restore` its flags, its help and its action. */
export function fillRestore(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', HELP);
  addQuiet(addPlaceAndFormat(command)).action(async (id: string, { format }: CommonOptions) =>
    printOnce(format, await withRegistry((registry) => registry.restore(id))),
  );
}
