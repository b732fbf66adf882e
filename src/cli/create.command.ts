import type { Command } from 'commander';
import type { ClientInput } from '../clients/metadata/client.dto.js';
import { memberTexts, objectText } from '../json/json-text.js';
import { readClientFile } from './client-file.js';
import { clientTable } from './client-table.js';
import { CommandError } from './command-error.js';
import { flagValue, flagValues } from './flag-value.js';

/** None of these flags takes a secret, because lists of processes show command lines. */
const FLAGS: readonly { flags: string; member: keyof ClientInput; about: string }[] = [
  { flags: '--id <id>', member: 'client_id', about: 'identifier; default a new UUID' },
  { flags: '--name <text>', member: 'client_name', about: 'name shown to people' },
  { flags: '--owner <text>', member: 'owner', about: 'who is responsible for the client' },
  { flags: '--grant <type...>', member: 'grant_types', about: 'such as client_credentials; repeatable' },
  { flags: '--response-type <type...>', member: 'response_types', about: 'such as code; repeatable' },
  {
    flags: '--redirect-uri <uri...>',
    member: 'redirect_uris',
    about: 'where the client may receive responses; repeatable',
  },
  { flags: '--scope <scopes>', member: 'scope', about: 'scopes that the client may request, separated by spaces' },
  { flags: '--audience <audience...>', member: 'audience', about: 'audiences that the client may request; repeatable' },
  { flags: '--auth-method <method>', member: 'token_endpoint_auth_method', about: 'such as client_secret_post' },
];

const HELP = `
Flags override members of the file; a member that the registry does not know is an error. To choose the secret, set client_secret in the file; otherwise a strong one is
generated.

Examples:
  oauth2-client-registry create --name Invoices --grant client_credentials --scope "invoices:read invoices:write"
  oauth2-client-registry create --file client.json --json`;

interface Given {
  file?: string;
  json?: boolean;
  [flag: string]: unknown;
}

/** Adds the command `create`. It writes to the database itself, whether the service is running or not. */
export function addCreate(program: Command): void {
  const command = program
    .command('create')
    .description('Create a client in the database that DATABASE_URL names, and show its secret once.')
    .option('--file <path>', 'client as JSON, with the members of the admin API; - reads standard input', flagValue)
    .option('--json', 'print the whole client as JSON')
    .addHelpText('after', HELP);
  const members = FLAGS.map(({ flags, member, about }) => {
    const option = command.createOption(flags, `${about} (${member})`);
    command.addOption(option.variadic ? option.argParser(flagValues) : option.argParser(flagValue));
    return { member, name: option.attributeName() };
  });
  command.action(async (given: Given) => {
    const texts = members.flatMap(({ member, name }): [string, string][] =>
      name in given ? [[member, JSON.stringify(given[name])]] : [],
    );
    const json = await create(await clientText(given.file, texts));
    process.stdout.write(`${given.json ? json : clientTable(json)}\n`);
  });
}

/** The client as JSON text: parsing it would lose digits of large numbers in its metadata. */
async function clientText(file: string | undefined, flags: [string, string][]): Promise<string> {
  if (file === undefined && flags.length === 0)
    throw new CommandError('No client is given: give --name or --file, or see create --help.');
  const text = file === undefined ? '{}' : await readClientFile(file);
  return flags.length === 0 ? text : objectText(new Map([...memberTexts(text), ...flags]));
}

/** Creates the client and returns it as the admin API does. */
async function create(text: string): Promise<string> {
  const { openRegistry } = await import('./registry.js');
  const { clients, close } = await openRegistry();
  try {
    return (await clients.create(text, { strict: true })).json;
  } finally {
    await close();
  }
}
