import type { Command } from 'commander';
import { ClientInput } from '../../../clients/metadata/client.dto.js';
import { addBody } from '../../input/body.js';
import { CommandError } from '../../input/command-error.js';
import { addQuiet } from '../../input/common-options.js';
import { addChange, changing } from './changing-command.js';

const HELP = `
Only the members that are given change; a list replaces the whole list. The file is a JSON Merge Patch (RFC 7396): null in it unsets a
member, and objects such as metadata are merged. Flags override members of the file.

Examples:
  oauth2-client-registry update invoices --name "Invoice runner" --skip-consent
  echo '{"owner": null, "metadata": {"tier": 2}}' | oauth2-client-registry update invoices --file -
  oauth2-client-registry update invoices --scope read --if-match "$(oauth2-client-registry get invoices --etag)"`;

/** Gives the command `update` its flags, its help and its action. */
export function fillUpdate(command: Command): void {
  addQuiet(addChange(command, HELP));
  const read = addBody(command, ClientInput, ['client_id'] satisfies (keyof ClientInput)[]);
  command.action(
    changing(async (given) => {
      const patch = await read(given);
      if (patch === undefined)
        throw new CommandError('No change is given: give --name, another flag or --file, or see update --help.');
      return (registry, id, condition) => registry.update(id, patch, condition);
    }),
  );
}
