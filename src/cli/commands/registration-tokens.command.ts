import type { Command } from 'commander';
import { objectText } from '../../json/json-text.js';
import {
  InitialAccessTokenInput,
  type InitialAccessTokenView,
} from '../../registration/tokens/initial-access-token.dto.js';
import { addPlace, addPlaceAndFormat, addQuiet, type CommonOptions } from '../input/common-options.js';
import { addEndingMemberFlags } from '../input/end-flags.js';
import { tokenId } from '../input/row-id.js';
import { recordsWriter } from '../output/formats.js';
import { printOnce } from '../output/once.js';
import { print } from '../output/print.js';
import { withRegistry } from '../registry/open-registry.js';

/** The members in the table of tokens. */
const COLUMNS = [
  'id',
  'label',
  'policy',
  'owner',
  'expires_at',
  'max_uses',
  'uses',
] as const satisfies (keyof InitialAccessTokenView)[];

const EXAMPLES = `
Whoever has such a token can register clients at POST /oauth2/register, as many as --max-uses says, under the policy of the token.

Examples:
  oauth2-client-registry registration-tokens create --label partner-a --owner team-a --expires-in 7d
  oauth2-client-registry registration-tokens list
  oauth2-client-registry registration-tokens revoke 3d0a5b52-90c5-4c0b-8f0b-7a0c52d6a1de`;

const CREATE_HELP = `
Examples:
  oauth2-client-registry registration-tokens create --label partner-a --owner team-a --expires-in 7d
  oauth2-client-registry registration-tokens create --label devices --max-uses 500 --json | jq -r .token`;

const LIST_HELP = `
expires_at is in seconds since the epoch, 0 = never; max_uses 0 = any number.

Example:
  oauth2-client-registry registration-tokens list --json`;

const REVOKE_HELP = `
Example:
  oauth2-client-registry registration-tokens revoke 3d0a5b52-90c5-4c0b-8f0b-7a0c52d6a1de`;

/** Gives the command `registration-tokens` its commands `create`, `list` and `revoke`. */
export function fillRegistrationTokens(tokens: Command): void {
  tokens.addHelpText('after', EXAMPLES);
  const of = (name: string, description: string, help: string) =>
    tokens.command(name).description(description).addHelpText('after', help);
  addTokensCreate(of('create', 'Make an initial access token, and show it once.', CREATE_HELP));
  addTokensList(of('list', 'Show what is known of the tokens, but not the tokens.', LIST_HELP));
  addTokensRevoke(of('revoke', 'Revoke a token: no client registers with it from now on.', REVOKE_HELP));
}

function addTokensCreate(command: Command): void {
  const read = addEndingMemberFlags(addPlaceAndFormat(command), InitialAccessTokenInput, '7d');
  command.action(async (given: CommonOptions & Record<string, unknown>) => {
    const body = objectText(read(given));
    await printOnce(given.format, await withRegistry((registry) => registry.createInitialToken(body)));
  });
}

function addTokensList(command: Command): void {
  addQuiet(addPlaceAndFormat(command)).action(async ({ format }: CommonOptions) => {
    const writer = await recordsWriter(format, format === 'table' ? COLUMNS : undefined);
    await print(writer.page(await withRegistry((registry) => registry.initialTokens())) + writer.end());
  });
}

function addTokensRevoke(command: Command): void {
  addPlace(command)
    .argument('<id>', 'the token, as registration-tokens list shows its id', tokenId)
    .action(async (id: string) => {
      await withRegistry((registry) => registry.revokeInitialToken(id));
      await print(`${id}\n`, true);
    });
}
