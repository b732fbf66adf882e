import type { Command } from 'commander';
import { SuspensionInput } from '../../../clients/metadata/suspension.dto.js';
import { objectText } from '../../../json/json-text.js';
import { addQuiet } from '../../input/common-options.js';
import { addMemberFlags } from '../../input/member-flags.js';
import { addChange, changing } from './changing-command.js';

const HELP = `
Its secrets stay. A client that is suspended already gets the reason, if it is another one.

Example:
  oauth2-client-registry suspend invoices --reason "its secret was found in a public repository"`;

const RESUME_HELP = `
Example:
  oauth2-client-registry resume invoices`;

/** Gives the command `suspend` its flags, its help and its action. */
export function fillSuspend(command: Command): void {
  const read = addMemberFlags(addQuiet(addChange(command, HELP)), SuspensionInput);
  command.action(
    changing((given) => {
      const body = objectText(read(given));
      return (registry, id, condition) => registry.suspend(id, body, condition);
    }),
  );
}

/** Gives the command `resume` its flags, its help and its action. */
export function fillResume(command: Command): void {
  addQuiet(addChange(command, RESUME_HELP)).action(
    changing(() => (registry, id, condition) => registry.resume(id, condition)),
  );
}
