import type { Command } from 'commander';
import { SecretInput } from '../../../clients/metadata/client-secret.dto.js';
import { addBody } from '../../input/body.js';
import {
  addIfMatch,
  addPlace,
  addPlaceAndFormat,
  addQuiet,
  type ChangeFlags,
  type CommonOptions,
} from '../../input/common-options.js';
import { flagValue } from '../../input/flag-value.js';
import { secretId } from '../../input/row-id.js';
import { recordsWriter } from '../../output/formats.js';
import { print } from '../../output/print.js';
import { withRegistry } from '../../registry/open-registry.js';
import { addChange, changing } from './changing-command.js';

const EXAMPLES = `
Examples:
  oauth2-client-registry secrets list invoices
  oauth2-client-registry secrets add invoices --label blue
  oauth2-client-registry secrets revoke invoices oldest`;

const LIST_HELP = `
The current secret comes first. expires_at is in seconds since the epoch; 0 = never.

Example:
  oauth2-client-registry secrets list invoices --format json`;

const ADD_HELP = `
No flag takes a secret: to choose it, set client_secret in the file; otherwise a strong one is generated.

Examples:
  oauth2-client-registry secrets add invoices --label blue
  oauth2-client-registry secrets add invoices --format json | jq -r .client_secret`;

const REVOKE_HELP = `
Examples:
  oauth2-client-registry secrets revoke invoices 0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e
  oauth2-client-registry secrets revoke invoices oldest`;

/** Gives the command `secrets` its commands `list`, `add` and `revoke`. */
export function fillSecrets(secrets: Command): void {
  secrets.addHelpText('after', EXAMPLES);
  const of = (name: string, description: string) => secrets.command(name).description(description);
  addSecretsList(of('list', 'Show what is known of the secrets of a client, but not the secrets.'));
  addSecretsAdd(of('add', 'Add a secret, which becomes the current one, and show it once.'));
  addSecretsRevoke(of('revoke', 'Revoke a secret of a client.'));
}

function addSecretsList(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', LIST_HELP);
  addQuiet(addPlaceAndFormat(command)).action(async (id: string, { format }: CommonOptions) => {
    const writer = await recordsWriter(format);
    await print(writer.page(await withRegistry((registry) => registry.secrets(id))) + writer.end());
  });
}

function addSecretsAdd(command: Command): void {
  const read = addBody(addChange(command, ADD_HELP), SecretInput);
  command.action(
    changing(async (given) => {
      const body = (await read(given)) ?? '{}';
      return (registry, id, condition) => registry.addSecret(id, body, condition);
    }),
  );
}

function addSecretsRevoke(command: Command): void {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', REVOKE_HELP);
  addIfMatch(addPlace(command))
    .argument('<secret_id>', 'the secret, as secrets list shows its id; or oldest', secretId)
    .option('--force', 'revoke even the last valid secret')
    .action(async (id: string, secret: string, { force = false, ifMatch }: ChangeFlags & { force?: boolean }) => {
      await withRegistry((registry) => registry.revokeSecret(id, secret, { force, ifMatch }));
      await print(`${secret}\n`, true);
    });
}
