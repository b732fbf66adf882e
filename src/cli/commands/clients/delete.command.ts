import type { Command } from 'commander';
import { CommandError } from '../../input/command-error.js';
import { addIfMatch, addPlace, addQuiet, type ChangeFlags } from '../../input/common-options.js';
import { argumentValues } from '../../input/flag-value.js';
import { print } from '../../output/print.js';
import { printable } from '../../output/printable.js';
import { withRegistry } from '../../registry/open-registry.js';
import { naming, RefusedError } from '../../registry/refusal.js';
import type { ChangeCondition, Registry } from '../../registry/registry.js';

const HELP = `
It prints the id of each client that it has deleted. When the registry refuses one, it goes on with the others, and ends with 1.

Examples:
  oauth2-client-registry delete invoices
  oauth2-client-registry list --owner team-orders --quiet | xargs oauth2-client-registry delete`;

/** Gives the command `delete` its flags, its help and its action. */
export function fillDelete(command: Command): void {
  command.argument('<client_id...>', 'the clients', argumentValues).addHelpText('after', HELP);
  addIfMatch(addQuiet(addPlace(command))).action(async (ids: string[], { ifMatch }: ChangeFlags) => {
    if (ifMatch !== undefined && ids.length > 1)
      throw new CommandError('An entity tag is of one client: give --if-match with one client_id.');
    await withRegistry((registry) => deleteAll(registry, ids, { ifMatch }));
  });
}

async function deleteAll(registry: Registry, ids: readonly string[], condition: ChangeCondition): Promise<void> {
  const refused: string[] = [];
  for (const id of ids) {
    try {
      await naming(id, registry.remove(id, condition));
      await print(`${printable(id)}\n`, true);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length > 0) throw new RefusedError(refused.join('\n'));
}
