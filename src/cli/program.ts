import { Command } from 'commander';
import { addBackup } from './commands/backup.command.js';
import { addMigrate } from './commands/migrate.command.js';
import { addServe } from './commands/serve.command.js';
import { VERSION } from '../standalone/config/version.js';

const HELP = `
The configuration is read from environment variables, or from a file .env. DATABASE_URL names the database, on which the commands work
themselves; with --url, or OAUTH2_REGISTRY_URL, those on clients call a running service instead.

Exit codes:
  0  done
  1  the registry refused: each fault is printed on a line of its own, as pointer: detail
  2  the command line, or a file that it names, is wrong
  3  the configuration is wrong, or the database, the service, the listener or standard output cannot be used

Examples:
  oauth2-client-registry create --name Invoices --grant-type client_credentials
  oauth2-client-registry list --url https://gateway.example.com/registry`;

const NO_SECRETS =
  'No flag takes a secret: lists of processes show flags. Set client_secret in the JSON that --file names.';

/** The commands on what the registry holds. Many flags come from the members of a client, so each command is loaded only when it is typed. */
const CLIENT_COMMANDS: readonly { name: string; about: string; load: () => Promise<(command: Command) => void> }[] = [
  {
    name: 'create',
    about: 'Create a client, and show its secret once.',
    load: async () => (await import('./commands/clients/create.command.js')).fillCreate,
  },
  {
    name: 'get',
    about: 'Show clients, without their secrets.',
    load: async () => (await import('./commands/clients/get.command.js')).fillGet,
  },
  {
    name: 'list',
    about: 'Show the clients that match all filters.',
    load: async () => (await import('./commands/clients/list.command.js')).fillList,
  },
  {
    name: 'update',
    about: 'Change some members of a client.',
    load: async () => (await import('./commands/clients/update.command.js')).fillUpdate,
  },
  {
    name: 'history',
    about: 'Show the changes of a client, the newest first.',
    load: async () => (await import('./commands/clients/history.command.js')).fillHistory,
  },
  {
    name: 'revert',
    about: 'Bring an earlier version of a client back.',
    load: async () => (await import('./commands/clients/revert.command.js')).fillRevert,
  },
  {
    name: 'delete',
    about: 'Delete clients with their secrets.',
    load: async () => (await import('./commands/clients/delete.command.js')).fillDelete,
  },
  {
    name: 'tombstones',
    about: 'Show the deleted clients that can be restored.',
    load: async () => (await import('./commands/clients/tombstones.command.js')).fillTombstones,
  },
  {
    name: 'restore',
    about: 'Bring a deleted client back, with its secrets.',
    load: async () => (await import('./commands/clients/restore.command.js')).fillRestore,
  },
  {
    name: 'suspend',
    about: 'Suspend a client: it does not authenticate.',
    load: async () => (await import('./commands/clients/suspend.command.js')).fillSuspend,
  },
  {
    name: 'resume',
    about: 'Let a suspended client authenticate again.',
    load: async () => (await import('./commands/clients/suspend.command.js')).fillResume,
  },
  {
    name: 'rotate',
    about: 'Give a client a new secret, and show it once.',
    load: async () => (await import('./commands/clients/rotate.command.js')).fillRotate,
  },
  {
    name: 'secrets',
    about: 'Show, add and revoke the secrets of a client.',
    load: async () => (await import('./commands/clients/secrets.command.js')).fillSecrets,
  },
  {
    name: 'keys',
    about: 'Make, list and revoke API keys of the admin API.',
    load: async () => (await import('./commands/keys.command.js')).fillKeys,
  },
  {
    name: 'registration-tokens',
    about: 'Make, list and revoke the tokens with which clients register themselves.',
    load: async () => (await import('./commands/registration-tokens.command.js')).fillRegistrationTokens,
  },
  {
    name: 'expiring',
    about: 'Show the secrets of clients, the API keys and the initial access tokens that end soon.',
    load: async () => (await import('./commands/expiring.command.js')).fillExpiring,
  },
  {
    name: 'sweep',
    about: 'Remove the clients that registered themselves and that nobody uses.',
    load: async () => (await import('./commands/sweep.command.js')).fillSweep,
  },
  {
    name: 'webhooks',
    about: 'Make, list, change and delete webhooks, and show what they have not sent.',
    load: async () => (await import('./commands/webhooks.command.js')).fillWebhooks,
  },
  {
    name: 'audit',
    about: 'Verify and export the journal of changes.',
    load: async () => (await import('./commands/audit.command.js')).fillAudit,
  },
];

/** Creates the command line: every command with its flags and its help. It throws where Commander would end the process. */
export function createProgram(): Command {
  const program = new Command('oauth2-client-registry')
    .description('A registry of OAuth 2.0 clients.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Add --help to list commands and flags.')
    .configureOutput({ outputError: (text, write) => write(withoutValue(text)) })
    .addHelpText('after', HELP);
  for (const add of [addServe, addMigrate, addBackup]) add(program);
  for (const { name, about } of CLIENT_COMMANDS) program.command(name).description(about);
  return program.hook('preSubcommand', async (_, command) => {
    const fill = await CLIENT_COMMANDS.find(({ name }) => name === command.name())?.load();
    fill?.(command);
  });
}

/** Removes the value of the flag from an error about an unknown flag: it may be a secret (`--client-secret=…`). */
function withoutValue(text: string): string {
  const bare = text.replace(/(unknown option '[^=']+)=.*/s, "$1'\n");
  return /unknown option '--[\w-]*secret/.test(bare) ? `${bare}${NO_SECRETS}\n` : bare;
}
