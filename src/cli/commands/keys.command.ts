import type { Command } from 'commander';
import { ApiKeyInput, type ApiKeyView } from '../../keys/api-key.dto.js';
import { objectText } from '../../json/json-text.js';
import { addPlace, addPlaceAndFormat, addQuiet, type CommonOptions } from '../input/common-options.js';
import { addEndingMemberFlags } from '../input/end-flags.js';
import { keyId } from '../input/row-id.js';
import { recordsWriter } from '../output/formats.js';
import { printOnce } from '../output/once.js';
import { print } from '../output/print.js';
import { withRegistry } from '../registry/open-registry.js';

/** The members in the table of keys. */
const COLUMNS = ['id', 'name', 'scopes', 'owner', 'expires_at', 'last_used_at'] as const satisfies (keyof ApiKeyView)[];

const EXAMPLES = `
Where ADMIN_AUTH has api-key, callers of the admin API need a key. The first can be made here, before the service ever ran.

Examples:
  oauth2-client-registry keys create --name ci --scope clients:read --scope secrets:write --owner team-a --expires-in 90d
  oauth2-client-registry keys list
  oauth2-client-registry keys revoke 5f0c7c1e-3a5b-4b0e-9d55-6a1f0f3f2b11`;

const CREATE_HELP = `
Examples:
  oauth2-client-registry keys create --name ci --scope clients:read,secrets:write --owner team-a --expires-in 90d
  oauth2-client-registry keys create --name operator --scope clients:read,keys:write --json | jq -r .key`;

const LIST_HELP = `
expires_at is in seconds since the epoch; 0 = never.

Example:
  oauth2-client-registry keys list --json`;

const REVOKE_HELP = `
Example:
  oauth2-client-registry keys revoke 5f0c7c1e-3a5b-4b0e-9d55-6a1f0f3f2b11`;

/** Gives the command `keys` its commands `create`, `list` and `revoke`. */
export function fillKeys(keys: Command): void {
  keys.addHelpText('after', EXAMPLES);
  const of = (name: string, description: string, help: string) =>
    keys.command(name).description(description).addHelpText('after', help);
  addKeysCreate(of('create', 'Make an API key, and show it once.', CREATE_HELP));
  addKeysList(of('list', 'Show what is known of the API keys, but not the keys.', LIST_HELP));
  addKeysRevoke(of('revoke', 'Revoke an API key: it lets nobody in from now on.', REVOKE_HELP));
}

function addKeysCreate(command: Command): void {
  const read = addEndingMemberFlags(addPlaceAndFormat(command), ApiKeyInput, '90d');
  command.action(async (given: CommonOptions & Record<string, unknown>) => {
    const body = objectText(read(given));
    await printOnce(given.format, await withRegistry((registry) => registry.createKey(body)));
  });
}

function addKeysList(command: Command): void {
  addQuiet(addPlaceAndFormat(command)).action(async ({ format }: CommonOptions) => {
    const writer = await recordsWriter(format, format === 'table' ? COLUMNS : undefined);
    await print(writer.page(await withRegistry((registry) => registry.keys())) + writer.end());
  });
}

function addKeysRevoke(command: Command): void {
  addPlace(command)
    .argument('<id>', 'the key, as keys list shows its id', keyId)
    .action(async (id: string) => {
      await withRegistry((registry) => registry.revokeKey(id));
      await print(`${id}\n`, true);
    });
}
