import type { Command } from 'commander';
import { addPlaceAndFormat, addQuiet, type CommonOptions } from '../../input/common-options.js';
import { argumentValues, flagValue } from '../../input/flag-value.js';
import { recordsWriter, recordText, type Format } from '../../output/formats.js';
import { print } from '../../output/print.js';
import { withRegistry } from '../../registry/open-registry.js';
import { naming } from '../../registry/refusal.js';

const HELP = `
Several clients are a JSON array in the formats json and json-pretty, and one a line in ndjson.

Examples:
  oauth2-client-registry get invoices
  oauth2-client-registry get invoices orders --format json-pretty
  oauth2-client-registry get invoices --etag
  oauth2-client-registry get invoices --as-of 2026-01-31T12:00:00Z
  oauth2-client-registry get invoices --as-of 3`;

/** Gives the command `get` its flags, its help and its action. */
export function fillGet(command: Command): void {
  command.argument('<client_id...>', 'the clients', argumentValues).addHelpText('after', HELP);
  addQuiet(addPlaceAndFormat(command))
    .option('--as-of <moment>', 'as they were: a time, or the version of one client', flagValue)
    .option('--etag', 'print the entity tags instead, one a line, for --if-match');
  command.action(async (ids: string[], { format, etag, asOf }: CommonOptions & { etag?: true; asOf?: string }) => {
    const clients = await withRegistry(async (registry) => {
      const found: { text: string; etag: string }[] = [];
      for (const id of ids) found.push(await naming(id, registry.get(id, asOf)));
      return found;
    });
    const texts = clients.map((client) => client.text);
    await print(etag ? clients.map((client) => `${client.etag}\n`).join('') : await clientsText(format, texts));
  });
}

async function clientsText(format: Format, clients: readonly string[]): Promise<string> {
  if (clients.length === 1 || format === 'table')
    return (await Promise.all(clients.map((client) => recordText(format, client)))).join('\n');
  const writer = await recordsWriter(format);
  return writer.page(clients) + writer.end();
}
