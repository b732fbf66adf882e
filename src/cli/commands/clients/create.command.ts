import type { Command } from 'commander';
import { ClientInput } from '../../../clients/metadata/client.dto.js';
import { addBody } from '../../input/body.js';
import { CommandError } from '../../input/command-error.js';
import { addPlaceAndFormat, addQuiet, type CommonOptions } from '../../input/common-options.js';
import { printOnce } from '../../output/once.js';
import { withRegistry } from '../../registry/open-registry.js';

const HELP = `
Flags override members of the file; a member that the registry does not know is an error. A list has its entries in one flag, separated by
commas, or in several flags; an entry with a comma stands in quotation marks. No flag takes a secret: to choose it, set client_secret in the
file; otherwise a strong one is generated.

Examples:
  oauth2-client-registry create --name Invoices --grant-type client_credentials --scope invoices:read,invoices:write
  oauth2-client-registry create --file client.json --format json
  oauth2-client-registry create --name Shop --redirect-uri '"https://shop.example.com/cb?ids=1,2"' --url https://gateway.example.com/registry`;

/** Gives the command `create` its flags, its help and its action. */
export function fillCreate(command: Command): void {
  const read = addBody(addQuiet(addPlaceAndFormat(command.addHelpText('after', HELP))), ClientInput);
  command.action(async (given: CommonOptions & Record<string, unknown>) => {
    const body = await read(given);
    if (body === undefined) throw new CommandError('No client is given: give --name or --file, or see create --help.');
    await printOnce(given.format, await withRegistry((registry) => registry.create(body)));
  });
}
