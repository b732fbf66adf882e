import { indentJson } from '../../json/lossless-json.js';
import { idText, idsWriter } from './ids.js';
import type { RecordsWriter } from './records-writer.js';
import { recordTable, rowsTable } from './tables.js';

/** The formats of the output: a table for people, JSON, indented JSON, one JSON text a line, and YAML. */
export const FORMATS = ['table', 'json', 'json-pretty', 'ndjson', 'yaml'] as const;
/** The format of `--quiet`: only the ids. */
export const IDS = 'ids';
/** One of {@link FORMATS}, or {@link IDS}. */
export type Format = (typeof FORMATS)[number] | typeof IDS;

/** Formats one record, with a line break at its end. A table omits empty members. */
export async function recordText(format: Format, record: string): Promise<string> {
  if (format === 'table') return recordTable(record);
  if (format === IDS) return idText(record);
  if (format === 'yaml') return (await import('../../json/yaml.js')).yamlOf(record);
  return `${format === 'json-pretty' ? indentJson(record) : record}\n`;
}

/**
 * Returns a writer for many records.
 *
 * @param columns members that a table shows. Default those of the first record
 */
export async function recordsWriter(format: Format, columns?: readonly string[]): Promise<RecordsWriter> {
  if (format === 'table') return rowsTable(columns);
  if (format === IDS) return idsWriter();
  if (format === 'ndjson') return { page: (records) => records.map((record) => `${record}\n`).join(''), end: () => '' };
  if (format === 'yaml') return sequence((await import('../../json/yaml.js')).yamlOf);
  return format === 'json' ? array(String, '') : array((record) => indented(indentJson(record)), '\n');
}

/** Returns a writer of a JSON array whose entries are separated by `gap`. */
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

/** Returns a writer of a YAML sequence. */
function sequence(write: (json: string) => string): RecordsWriter {
  let isEmpty = true;
  const page = (records: readonly string[]) => {
    isEmpty &&= records.length === 0;
    return records.map((record) => write(`[${record}]`)).join('');
  };
  return { page, end: () => (isEmpty ? '[]\n' : '') };
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
