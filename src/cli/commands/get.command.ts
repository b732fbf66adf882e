import type { Command } from 'commander';
import { addPlaceAndFormat, type CommonOptions } from '../input/common-options.js';
import { argumentValues } from '../input/flag-value.js';
import { recordsWriter, recordText, type Format } from '../output/formats.js';
import { print } from '../output/print.js';
import { withRegistry } from '../registry/open-registry.js';
import { naming } from '../registry/refusal.js';

const HELP = `
Several clients are a JSON array in the formats json and json-pretty, and one a line in ndjson.

Examples:
  oauth2-client-registry get invoices
  oauth2-client-registry get invoices orders --format json-pretty`;

/** Gives the command `get` its flags, its help and its action. */
export function fillGet(command: Command): void {
  addPlaceAndFormat(
    command.argument('<client_id...>', 'the clients', argumentValues).addHelpText('after', HELP),
  ).action(async (ids: string[], { format }: CommonOptions) => {
    const clients = await withRegistry(async (registry) => {
      const found: string[] = [];
      for (const id of ids) found.push(await naming(id, registry.get(id)));
      return found;
    });
    await print(clientsText(format, clients));
  });
}

function clientsText(format: Format, clients: readonly string[]): string {
  if (clients.length === 1 || format === 'table') return clients.map((client) => recordText(format, client)).join('\n');
  const writer = recordsWriter(format);
  return writer.page(clients) + writer.end();
}
