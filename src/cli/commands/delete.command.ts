import type { Command } from 'commander';
import { addPlace } from '../input/common-options.js';
import { argumentValues } from '../input/flag-value.js';
import { print } from '../output/print.js';
import { printable } from '../output/printable.js';
import { withRegistry } from '../registry/open-registry.js';
import { naming, RefusedError } from '../registry/refusal.js';
import type { Registry } from '../registry/registry.js';

const HELP = `
It prints the id of each client that it has deleted. When the registry refuses one, it goes on with the others, and ends with 1.

Examples:
  oauth2-client-registry delete invoices
  oauth2-client-registry list --owner team-orders --format ndjson | jq -r .client_id | xargs oauth2-client-registry delete`;

/** Gives the command `delete` its flags, its help and its action. */
export function fillDelete(command: Command): void {
  addPlace(command.argument('<client_id...>', 'the clients', argumentValues).addHelpText('after', HELP)).action(
    (ids: string[]) => withRegistry((registry) => deleteAll(registry, ids)),
  );
}

async function deleteAll(registry: Registry, ids: readonly string[]): Promise<void> {
  const refused: string[] = [];
  for (const id of ids) {
    try {
      await naming(id, registry.remove(id));
      await print(`${printable(id)}\n`, true);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refused.push(error.message);
    }
  }
  if (refused.length > 0) throw new RefusedError(refused.join('\n'));
}
