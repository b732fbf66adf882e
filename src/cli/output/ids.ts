import { memberTexts } from '../../json/json-text.js';
import { printable } from './printable.js';
import type { RecordsWriter } from './records-writer.js';

/** Names of the member that identifies a client, and a secret. */
const ID_MEMBERS: ReadonlySet<string> = new Set(['client_id', 'id']);

/** The id of a client or a secret, on a line of its own. */
export function idText(record: string): string {
  const [id = '""'] = memberTexts(record, ID_MEMBERS).values();
  return `${printable(String(JSON.parse(id)))}\n`;
}

/** Writes an id a line. */
export function idsWriter(): RecordsWriter {
  return { page: (records) => records.map(idText).join(''), end: () => '' };
}
