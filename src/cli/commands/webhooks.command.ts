import type { Command } from 'commander';
import { memberTexts, objectText } from '../../json/json-text.js';
import { ReplayInput, WebhookInput, type WebhookView } from '../../webhooks/webhook.dto.js';
import { addPlace, addPlaceAndFormat, addQuiet, type CommonOptions } from '../input/common-options.js';
import { CommandError } from '../input/command-error.js';
import { flagValue } from '../input/flag-value.js';
import { addMemberFlags, type MemberReader } from '../input/member-flags.js';
import { webhookId } from '../input/row-id.js';
import { recordText, recordsWriter } from '../output/formats.js';
import { printOnce } from '../output/once.js';
import { print } from '../output/print.js';
import { withWebhooks } from '../registry/webhooks/open-webhooks.js';
import { addDeliveries } from './webhook-deliveries.js';

/** The members in the table of webhooks. */
const COLUMNS = ['id', 'url', 'kinds', 'owner', 'position', 'reason'] as const satisfies (keyof WebhookView)[];
/** The member that --receiver sets: --url names the service. */
const URL_MEMBER = 'url' satisfies keyof WebhookInput;

const HELP = `
Signing secrets are stored under SECRETS_KEY, or the key in the file that SECRETS_KEY_FILE names: on the database it must be that of the service.

Examples:
  oauth2-client-registry webhooks create --receiver https://receiver.example.com/hooks --kind client.deleted --owner team-a
  oauth2-client-registry webhooks list
  oauth2-client-registry webhooks deliveries 7d0c5c5e-5b3f-4a57-9d3c-0f6c1e1f2a3b`;

type Given = CommonOptions & Record<string, unknown>;

/** Gives the command `webhooks` its commands. */
export function fillWebhooks(webhooks: Command): void {
  webhooks.addHelpText('after', HELP);
  const of = (name: string, description: string) => webhooks.command(name).description(description);
  const one = (name: string, description: string) =>
    of(name, description).argument('<id>', 'the webhook, as webhooks list shows its id', webhookId);
  addCreate(of('create', 'Make a webhook, and show its signing secret once.'));
  addList(of('list', 'Show the webhooks, the oldest first, without their signing secrets.'));
  addGet(one('get', 'Show a webhook, without its signing secret.'));
  addUpdate(one('update', 'Change some members of a webhook.'));
  addDelete(one('delete', 'Delete a webhook: nothing is sent to it from now on.'));
  addRotate(
    one('rotate', 'Give a webhook a new signing secret, and show it once; for a day the former one signs, too.'),
  );
  addDeliveries(one('deliveries', 'Show the deliveries that have not succeeded.'));
  addReplay(one('replay', 'Send changes again, from a position of the journal on.'));
}

function addMembers(command: Command): MemberReader {
  command.option('--receiver <url>', 'where changes are posted to, https only (url)', flagValue);
  const read = addMemberFlags(command, WebhookInput, [URL_MEMBER]);
  return (given) => {
    const { receiver } = given;
    return new Map([
      ...(receiver === undefined ? [] : [[URL_MEMBER, JSON.stringify(receiver)] as const]),
      ...read(given),
    ]);
  };
}

function addCreate(command: Command): void {
  const read = addMembers(addQuiet(addPlaceAndFormat(command)));
  command.action(async (given: Given) => {
    const body = objectText(read(given));
    await printOnce(given.format, await withWebhooks((webhooks) => webhooks.create(body)));
  });
}

function addList(command: Command): void {
  addQuiet(addPlaceAndFormat(command)).action(async ({ format }: CommonOptions) => {
    const writer = await recordsWriter(format, format === 'table' ? COLUMNS : undefined);
    await print(writer.page(await withWebhooks((webhooks) => webhooks.list())) + writer.end());
  });
}

function addGet(command: Command): void {
  addQuiet(addPlaceAndFormat(command)).action(async (id: string, { format }: CommonOptions) => {
    await print(await recordText(format, await withWebhooks((webhooks) => webhooks.get(id))));
  });
}

function addUpdate(command: Command): void {
  const read = addMembers(addQuiet(addPlaceAndFormat(command)));
  command.action(async (id: string, given: Given) => {
    const changes = read(given);
    if (changes.size === 0)
      throw new CommandError('No change is given: give --receiver or another flag, or see webhooks update --help.');
    const changed = await withWebhooks(async (webhooks) => {
      const members = memberTexts(await webhooks.get(id));
      return webhooks.replace(id, objectText(new Map([...members, ...changes])));
    });
    await print(await recordText(given.format, changed));
  });
}

function addDelete(command: Command): void {
  addPlace(command).action(async (id: string) => {
    await withWebhooks((webhooks) => webhooks.remove(id));
    await print(`${id}\n`, true);
  });
}

function addRotate(command: Command): void {
  addPlaceAndFormat(command).action(async (id: string, { format }: CommonOptions) =>
    printOnce(format, await withWebhooks((webhooks) => webhooks.rotate(id))),
  );
}

function addReplay(command: Command): void {
  const read = addMemberFlags(addQuiet(addPlaceAndFormat(command)), ReplayInput);
  command.action(async (id: string, given: Given) => {
    const body = objectText(read(given));
    await print(await recordText(given.format, await withWebhooks((webhooks) => webhooks.replay(id, body))));
  });
}
