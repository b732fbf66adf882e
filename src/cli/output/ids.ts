import { memberTexts } from '../../json/json-text.js';
import { printable } from './printable.js';
import type { RecordsWriter } from './records-writer.js';

/** Names of the member that identifies a record: `client_id` of a client, `id` of a secret, a key, a token or a webhook. */
const ID_MEMBERS: ReadonlySet<string> = new Set(['client_id', 'id']);

/** Returns the id of a record, on a line of its own. */
export function idText(record: string): string {
  const [id = '""'] = memberTexts(record, ID_MEMBERS).values();
  return `${printable(String(JSON.parse(id)))}\n`;
}

/** Returns a writer of one id a line. */
export function idsWriter(): RecordsWriter {
  return { page: (records) => records.map(idText).join(''), end: () => '' };
}
