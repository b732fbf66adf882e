import type { Command } from 'commander';
import type { ClientInput } from '../clients/metadata/client.dto.js';
import { memberTexts, objectText } from '../json/json-text.js';
import { readClientFile } from './client-file.js';
import { clientTable } from './client-table.js';
import { CommandError } from './command-error.js';
import { flagValue, flagValues } from './flag-value.js';

/** No secret is among them: lists of processes show what they say. */
const FLAGS: readonly { flags: string; member: keyof ClientInput; about: string }[] = [
  { flags: '--id <id>', member: 'client_id', about: 'a UUID when left out' },
  { flags: '--name <text>', member: 'client_name', about: 'name for people' },
  { flags: '--owner <text>', member: 'owner', about: 'who answers for it' },
  { flags: '--grant <type...>', member: 'grant_types', about: 'such as client_credentials; repeatable' },
  { flags: '--response-type <type...>', member: 'response_types', about: 'such as code; repeatable' },
  { flags: '--redirect-uri <uri...>', member: 'redirect_uris', about: 'where answers may go; repeatable' },
  { flags: '--scope <scopes>', member: 'scope', about: 'scopes that it may ask for, with spaces between' },
  { flags: '--audience <audience...>', member: 'audience', about: 'audiences that it may ask for; repeatable' },
  { flags: '--auth-method <method>', member: 'token_endpoint_auth_method', about: 'such as client_secret_post' },
];

const HELP = `
Flags win over the file. A secret of your own goes into the file, as client_secret; left out, a strong one is made.

Examples:
  oauth2-client-registry create --name Invoices --grant client_credentials --scope "invoices:read invoices:write"
  oauth2-client-registry create --file client.json --json`;

interface Given {
  file?: string;
  json?: boolean;
  [flag: string]: unknown;
}

/** `create`: a client, in the database itself; the service may be running or not. */
export function addCreate(program: Command): void {
  const command = program
    .command('create')
    .description('Create a client in the database that DATABASE_URL names, and show its secret this once.')
    .option('--file <path>', 'client as JSON, with the members of the admin API; - for standard input', flagValue)
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

/** The client as text, since values would lose digits of large numbers in its metadata. */
async function clientText(file: string | undefined, flags: [string, string][]): Promise<string> {
  if (file === undefined && flags.length === 0)
    throw new CommandError('Nothing says what to create: give --name or --file, or see create --help.');
  const text = file === undefined ? '{}' : await readClientFile(file);
  return flags.length === 0 ? text : objectText(new Map([...memberTexts(text), ...flags]));
}

/** The created client as the admin API answers it. */
async function create(text: string): Promise<string> {
  const { openRegistry } = await import('./registry.js');
  const { clients, close } = await openRegistry();
  try {
    return (await clients.create(text)).json;
  } finally {
    await close();
  }
}
