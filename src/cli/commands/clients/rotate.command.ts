import type { Command } from 'commander';
import { RotationInput } from '../../../clients/metadata/client-secret.dto.js';
import { objectText } from '../../../json/json-text.js';
import { addMemberFlags } from '../../input/member-flags.js';
import { addChange, changing } from './changing-command.js';

const HELP = `
Without --grace the older secrets stay valid until newer ones replace them; with --grace 0s they end at once.

Examples:
  oauth2-client-registry rotate invoices --grace 24h
  oauth2-client-registry rotate invoices --format json | jq -r .client_secret`;

/** Gives the command `rotate` its flags, its help and its action. */
export function fillRotate(command: Command): void {
  const read = addMemberFlags(addChange(command, HELP), RotationInput);
  command.action(
    changing((given) => {
      const body = objectText(read(given));
      return (registry, id, condition) => registry.rotate(id, body, condition);
    }),
  );
}
