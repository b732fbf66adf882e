import type { Command } from 'commander';
import { SuspensionInput } from '../../clients/metadata/suspension.dto.js';
import { objectText } from '../../json/json-text.js';
import {
  addIfMatch,
  addPlaceAndFormat,
  addQuiet,
  type ChangeFlags,
  type CommonOptions,
} from '../input/common-options.js';
import { flagValue } from '../input/flag-value.js';
import { addMemberFlags } from '../input/member-flags.js';
import { printOnce } from '../output/once.js';
import { withRegistry } from '../registry/open-registry.js';

const HELP = `
Its secrets stay. A client that is suspended already gets the reason, if it is another one.

Example:
  oauth2-client-registry suspend invoices --reason "its secret was found in a public repository"`;

const RESUME_HELP = `
Example:
  oauth2-client-registry resume invoices`;

/** Gives the command `suspend` its flags, its help and its action. */
export function fillSuspend(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', HELP);
  addIfMatch(addQuiet(addPlaceAndFormat(command)));
  const read = addMemberFlags(command, SuspensionInput);
  command.action(async (id: string, given: CommonOptions & ChangeFlags & Record<string, unknown>) => {
    const body = objectText(read(given));
    const { format, ifMatch } = given;
    await printOnce(format, await withRegistry((registry) => registry.suspend(id, body, { ifMatch })));
  });
}

/** Gives the command `resume` its flags, its help and its action. */
export function fillResume(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', RESUME_HELP);
  addIfMatch(addQuiet(addPlaceAndFormat(command))).action(
    async (id: string, { format, ifMatch }: CommonOptions & ChangeFlags) =>
      printOnce(format, await withRegistry((registry) => registry.resume(id, { ifMatch }))),
  );
}
