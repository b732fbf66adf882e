import 'reflect-metadata';
import type { Command } from 'commander';
import { position, seal } from '../input/audit-flags.js';
import { print } from '../output/print.js';
import { printable } from '../output/printable.js';
import { RefusedError } from '../registry/refusal.js';

const HELP = `
The commands read the database that DATABASE_URL names. AUDIT_KEY must be the key of the service, if it has one.

Examples:
  oauth2-client-registry audit verify
  oauth2-client-registry audit export --after 120000 > journal.ndjson`;

const VERIFY_HELP = `
A chain that was cut off, or written anew, is consistent with itself: note its head where others cannot write, as this command prints it,
the service logs it every hour, and an export ends with it.

Example:
  oauth2-client-registry audit verify --head 9c1f3f0e5f7b0a4a...`;

/** Gives the command `audit` its commands `verify` and `export`. */
export function fillAudit(audit: Command): void {
  audit.addHelpText('after', HELP);
  audit
    .command('verify')
    .description('Walk the journal, and name the first change that was edited, removed, inserted or moved.')
    .option('--head <seal>', 'a seal that was noted earlier, which must still be in the journal', seal)
    .addHelpText('after', VERIFY_HELP)
    .action(async ({ head }: { head?: string }) => verify(head));
  audit
    .command('export')
    .description(
      'Print the sealed changes, one as JSON on each line, in their order, and where some were pruned, which.',
    )
    .option('--after <position>', 'begin behind this position', position, 0)
    .action(async ({ after }: { after: number }) => exportChanges(after));
}

async function verify(head: string | undefined): Promise<void> {
  const { withAudit } = await import('../registry/local-audit.js');
  const { position: last, seal: sealed, pruned, fault } = await withAudit((audit) => audit.verify(head));
  if (fault !== undefined) throw new RefusedError(printable(fault));
  const without = pruned > 0 ? `, of which ${pruned} were pruned` : '';
  await print(`Sound: ${last} changes${without}; the head is ${sealed || 'none'}.\n`);
}

async function exportChanges(after: number): Promise<void> {
  const { withAudit } = await import('../registry/local-audit.js');
  await withAudit(async (audit) => {
    for await (const change of audit.export(after)) await print(`${change}\n`);
  });
}
