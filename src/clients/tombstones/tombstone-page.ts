import { lifespanMilliseconds } from '../../fields/lifespan.js';
import type { Page } from '../../http/answer.js';
import { memberTexts, objectText } from '../../json/json-text.js';
import type { ClientMetadata } from '../metadata/client-metadata.js';
import type { ListedTombstone } from './tombstone-list.statements.js';
import type { TombstoneView } from './tombstone.dto.js';
import type { TombstonesQuery } from './tombstones.query.js';

const NAME = 'client_name' satisfies keyof ClientMetadata & keyof TombstoneView;
/** The last moment of the last year with four digits. */
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/** A page of removed clients, ready to be sent. */
export class TombstonePage implements Page {
  /**
   * @param json the removed clients as the admin API shows them, as JSON text
   * @param links query parameters of other pages: `first`, and `next` unless this is the last page
   */
  constructor(
    readonly json: string,
    readonly links: Page['links'],
  ) {}

  /** The removed clients in {@link json}, parsed on each access. */
  get tombstones(): TombstoneView[] {
    return JSON.parse(this.json) as TombstoneView[];
  }
}

/**
 * Returns one page of the list, without ids that another client has now, and without earlier lives of an id.
 *
 * @param found the tombstones of the page, plus one when there is a next page
 * @param retention how long a removed client can be restored
 */
export function tombstonePage(
  { size, page }: TombstonesQuery,
  found: readonly ListedTombstone[],
  retention: string,
): TombstonePage {
  const listed = found.slice(0, size);
  const last = listed.at(-1);
  const shown = listed.filter(({ isLast }) => isLast === 1).map((one) => tombstoneText(one, retention));
  const links: Page['links'] = { first: page() };
  if (last && found.length > size) links['next'] = page(String(last.seq));
  return new TombstonePage(`[${shown.join(',')}]`, links);
}

function tombstoneText(tombstone: ListedTombstone, retention: string): string {
  const text = (value: string | null) => JSON.stringify(value);
  return objectText(
    Object.entries({
      client_id: text(tombstone.clientId),
      client_name: memberTexts(tombstone.document, new Set([NAME])).get(NAME) ?? '""',
      owner: text(tombstone.owner),
      tag: text(tombstone.tag),
      version: String(tombstone.version),
      deleted_at: text(tombstone.deletedAt),
      deleted_by: tombstone.deletedBy,
      restorable_until: text(restorableUntil(tombstone.deletedAt, retention)),
    } satisfies Record<keyof TombstoneView, string>),
  );
}

function restorableUntil(deletedAt: string, retention: string): string | null {
  const time = Date.parse(deletedAt) + lifespanMilliseconds(retention);
  return time > LAST_TIME ? null : new Date(time).toISOString();
}
