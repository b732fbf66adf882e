import { memberTexts } from '../../json/json-text.js';
import { printable } from './printable.js';
import type { RecordsWriter } from './records-writer.js';

/** JSON texts of the values that count as empty. */
const EMPTY = new Set(['""', '[]', '{}', 'null', 'false', '0']);
/** Greatest width to which a column is padded; longer cells are not cut. */
const MAX_WIDTH = 48;

/**
 * Formats a record as a table for people: a line for each member that is not empty.
 *
 * @param json a JSON object
 */
export function recordTable(json: string): string {
  const shown = [...memberTexts(json)].filter(([, text]) => !EMPTY.has(text));
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, text]) => `${name.padEnd(width)}  ${cell(text)}\n`).join('');
}

/**
 * Returns a writer of a table for people: a line for each record, under the names of the members. The first page decides the column widths.
 *
 * @param columns names of members. Default those of the first record
 */
export function rowsTable(columns?: readonly string[]): RecordsWriter {
  let names = columns;
  let widths: number[] | undefined;
  const line = (cells: readonly string[]) =>
    `${cells
      .map((text, at) => text.padEnd(widths?.[at] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  const page = (records: readonly string[]): string => {
    const members = records.map((record) => memberTexts(record));
    const header = (names ??= [...(members[0]?.keys() ?? [])]);
    const rows = members.map((texts) => header.map((name) => cell(texts.get(name) ?? '""')));
    if (widths) return rows.map(line).join('');
    widths = header.map((name, at) =>
      Math.min(MAX_WIDTH, Math.max(name.length, ...rows.map((cells) => cells[at]?.length ?? 0))),
    );
    return [header, ...rows].map(line).join('');
  };
  return { page, end: () => '' };
}

/** Formats a JSON value as a cell: strings and lists of strings without quotes, nothing for `null`, and everything else as JSON. */
function cell(json: string): string {
  if (json === 'null') return '';
  const value: unknown = json.startsWith('"') || json.startsWith('[') ? JSON.parse(json) : undefined;
  const isTexts = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  return printable(isTexts ? value.join(', ') : typeof value === 'string' ? value : json);
}
