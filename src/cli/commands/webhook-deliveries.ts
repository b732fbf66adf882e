import type { Command } from 'commander';
import { memberTexts } from '../../json/json-text.js';
import { MAX_PAGE_SIZE } from '../../http/query/query-parameters.js';
import { DELIVERIES_PARAMETERS } from '../../webhooks/deliveries-query.js';
import type { DeliveryView } from '../../webhooks/webhook.dto.js';
import { addPlaceAndFormat, type CommonOptions } from '../input/common-options.js';
import { addListFlags } from '../input/list-flags.js';
import { recordsWriter } from '../output/formats.js';
import { print } from '../output/print.js';
import { withWebhooks } from '../registry/webhooks/open-webhooks.js';

/** The members in the table of deliveries. */
const COLUMNS = [
  'position',
  'client_id',
  'state',
  'attempts',
  'next_attempt_at',
  'status',
  'problem',
] as const satisfies (keyof DeliveryView)[];
/** The member after whose last value the next page begins. */
const POSITION = 'position' satisfies keyof DeliveryView;

/** Gives the command `webhooks deliveries` its flags and its action, which prints all pages. */
export function addDeliveries(command: Command): void {
  const read = addListFlags(addPlaceAndFormat(command), DELIVERIES_PARAMETERS);
  command.action(async (id: string, given: CommonOptions) => {
    const { format } = given;
    const writer = await recordsWriter(format, format === 'table' ? COLUMNS : undefined);
    const query = read(given);
    query.set('page_size', String(MAX_PAGE_SIZE));
    await withWebhooks(async (webhooks) => {
      let page: string[];
      do {
        page = await webhooks.deliveries(id, query);
        await print(writer.page(page));
        query.set('after', memberTexts(page.at(-1) ?? '{}').get(POSITION) ?? '');
      } while (page.length === MAX_PAGE_SIZE);
    });
    await print(writer.end());
  });
}
