import { indentJson } from '../../json/lossless-json.js';
import type { RecordsWriter } from './records-writer.js';
import { recordTable, rowsTable } from './tables.js';

/** The formats of the output: for people, as JSON, and as one JSON text a line. */
export const FORMATS = ['table', 'json', 'json-pretty', 'ndjson'] as const;
/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** One record as text with a line break at its end; of a table, only the members that hold something. */
export function recordText(format: Format, record: string): string {
  if (format === 'table') return recordTable(record);
  return `${format === 'json-pretty' ? indentJson(record) : record}\n`;
}

/**
 * A writer for many records.
 *
 * @param columns members that a table shows. Default those of the first record
 */
export function recordsWriter(format: Format, columns?: readonly string[]): RecordsWriter {
  if (format === 'table') return rowsTable(columns);
  if (format === 'ndjson') return { page: (records) => records.map((record) => `${record}\n`).join(''), end: () => '' };
  return format === 'json' ? array(String, '') : array((record) => indented(indentJson(record)), '\n');
}

/** A JSON array whose entries are separated by `gap`. */
function array(write: (record: string) => string, gap: string): RecordsWriter {
  let before = `[${gap}`;
  return {
    page: (records) =>
      records
        .map((record) => {
          const text = before + write(record);
          before = `,${gap}`;
          return text;
        })
        .join(''),
    end: () => (before.startsWith('[') ? '[]\n' : `${gap}]\n`),
  };
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
