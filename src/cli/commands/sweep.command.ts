import 'reflect-metadata';
import type { Command } from 'commander';
import type { UnusedClient } from '../../registration/sweeping/unused-client.statements.js';
import { addFormat, addQuiet, type CommonOptions } from '../input/common-options.js';
import { recordsWriter } from '../output/formats.js';
import { print } from '../output/print.js';
import { printable } from '../output/printable.js';
import { RefusedError } from '../registry/refusal.js';

/** The members in the table. */
const COLUMNS = ['client_id', 'client_name', 'policy', 'reason', 'unused_since'] as const;

const HELP = `
The command works on the database that DATABASE_URL names, by the policies in the file that REGISTRATION_POLICIES names: those with removeUnusedAfter.
Nothing is removed while uses of clients are not known for so long; suspended clients and those that an administrator has changed stay. The exit code is 1
when the clients of a policy cannot be removed, which standard error explains.

Examples:
  oauth2-client-registry sweep --dry-run
  oauth2-client-registry sweep --dry-run --json | jq length
  oauth2-client-registry sweep`;

/** Gives the command `sweep` its flags, its help and its action. */
export function fillSweep(command: Command): void {
  addQuiet(addFormat(command))
    .option('--dry-run', 'remove nothing, only show what would go')
    .addHelpText('after', HELP)
    .action(async ({ format, dryRun = false }: CommonOptions & { dryRun?: boolean }) => sweep(format, dryRun));
}

async function sweep(format: CommonOptions['format'], isDry: boolean): Promise<void> {
  const { sweepDatabase } = await import('../registry/local-sweep.js');
  const writer = await recordsWriter(format, format === 'table' ? COLUMNS : undefined);
  const refusals: string[] = [];
  let policies = 0;
  await sweepDatabase(isDry, async ({ policy, before, clients, refusal }) => {
    policies += 1;
    if (refusal !== undefined) refusals.push(`No client of the policy ${policy} is removed as unused: ${refusal}.`);
    await print(writer.page(clients.map((client) => record(client, policy, before))), !isDry);
  });
  await print(writer.end());
  if (policies === 0)
    throw new RefusedError('No policy has removeUnusedAfter: set it in the file that REGISTRATION_POLICIES names.');
  if (refusals.length > 0) throw new RefusedError(printable(refusals.join('\n')));
}

/** Returns a client as JSON, with the reason for its removal. */
function record(client: UnusedClient, policy: string, before?: string): string {
  const { id, name, createdAt, lastUsedAt, unusedSince } = client;
  return JSON.stringify({
    client_id: id,
    client_name: name,
    policy,
    reason: lastUsedAt === null ? 'never used' : `not used since ${before}`,
    created_at: createdAt,
    last_used_at: lastUsedAt,
    unused_since: unusedSince,
  });
}
