import type { Command } from 'commander';
import { RotationInput } from '../../clients/metadata/client-secret.dto.js';
import { addMemberFlags } from '../input/member-flags.js';
import { addIfMatch, addPlaceAndFormat, type ChangeFlags, type CommonOptions } from '../input/common-options.js';
import { flagValue } from '../input/flag-value.js';
import { objectText } from '../../json/json-text.js';
import { printOnce } from '../output/once.js';
import { withRegistry } from '../registry/open-registry.js';

const HELP = `
Without --grace the older secrets stay valid until newer ones replace them; with --grace 0s they end at once.

Examples:
  oauth2-client-registry rotate invoices --grace 24h
  oauth2-client-registry rotate invoices --format json | jq -r .client_secret`;

/** Gives the command `rotate` its flags, its help and its action. */
export function fillRotate(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', HELP);
  addIfMatch(addPlaceAndFormat(command));
  const read = addMemberFlags(command, RotationInput);
  command.action(async (id: string, given: CommonOptions & ChangeFlags & Record<string, unknown>) => {
    const body = objectText(read(given));
    const { format, ifMatch } = given;
    await printOnce(format, await withRegistry((registry) => registry.rotate(id, body, { ifMatch })));
  });
}
