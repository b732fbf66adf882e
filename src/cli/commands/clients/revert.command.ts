import { type Command } from 'commander';
import { addQuiet } from '../../input/common-options.js';
import { numberValue } from '../../input/flag-value.js';
import { addChange, changing } from './changing-command.js';

const HELP = `
The client gets all members of the earlier version again, in a new version. The rules are those of today, and the secrets stay as they are.

Examples:
  oauth2-client-registry history invoices
  oauth2-client-registry revert invoices --to 3
  oauth2-client-registry revert invoices --to 3 --if-match "$(oauth2-client-registry get invoices --etag)"`;

/** Gives the command `revert` its flags, its help and its action. */
export function fillRevert(command: Command): void {
  addQuiet(addChange(command, HELP)).requiredOption('--to <version>', 'the version, as history shows it', numberValue);
  command.action(
    changing(({ to }) => {
      const body = `{"version":${Number(to)}}`;
      return (registry, id, condition) => registry.revert(id, body, condition);
    }),
  );
}
