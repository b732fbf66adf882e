import type { Command } from 'commander';
import { ClientInput } from '../../clients/metadata/client.dto.js';
import { addBody } from '../input/body.js';
import { CommandError } from '../input/command-error.js';
import {
  addIfMatch,
  addPlaceAndFormat,
  addQuiet,
  type ChangeFlags,
  type CommonOptions,
} from '../input/common-options.js';
import { flagValue } from '../input/flag-value.js';
import { printOnce } from '../output/once.js';
import { withRegistry } from '../registry/open-registry.js';

const HELP = `
Only the members that are given change; a list replaces the whole list. The file is a JSON Merge Patch (RFC 7396): null in it unsets a
member, and objects such as metadata are merged. Flags override members of the file.

Examples:
  oauth2-client-registry update invoices --name "Invoice runner" --skip-consent
  echo '{"owner": null, "metadata": {"tier": 2}}' | oauth2-client-registry update invoices --file -
  oauth2-client-registry update invoices --scope read --if-match "$(oauth2-client-registry get invoices --etag)"`;

/** Gives the command `update` its flags, its help and its action. */
export function fillUpdate(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', HELP);
  addIfMatch(addQuiet(addPlaceAndFormat(command)));
  const read = addBody(command, ClientInput, ['client_id'] satisfies (keyof ClientInput)[]);
  command.action(async (id: string, given: CommonOptions & ChangeFlags & Record<string, unknown>) => {
    const patch = await read(given);
    if (patch === undefined)
      throw new CommandError('No change is given: give --name, another flag or --file, or see update --help.');
    const { format, ifMatch } = given;
    await printOnce(format, await withRegistry((registry) => registry.update(id, patch, { ifMatch })));
  });
}
