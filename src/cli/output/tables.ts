import { memberTexts } from '../../json/json-text.js';
import { printable } from './printable.js';
import type { RecordsWriter } from './records-writer.js';

/** JSON of values that hold nothing. */
const EMPTY = new Set(['""', '[]', '{}', 'null', 'false', '0']);
/** Widest column, but for the last one, whose lines end with it. */
const MAX_WIDTH = 48;

/**
 * A record as a table for people: a line for each member that holds something.
 *
 * @param json a JSON object
 */
export function recordTable(json: string): string {
  const shown = [...memberTexts(json)].filter(([, text]) => !EMPTY.has(text));
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, text]) => `${name.padEnd(width)}  ${cell(text)}\n`).join('');
}

/**
 * A table for people with a line for each record, under the names of the members. The first page decides how wide a column is.
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

/** A JSON value on one line: texts and lists of texts as people write them, nothing for `null`, and everything else as JSON. */
function cell(json: string): string {
  if (json === 'null') return '';
  const value: unknown = json.startsWith('"') || json.startsWith('[') ? JSON.parse(json) : undefined;
  const isTexts = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  return printable(isTexts ? value.join(', ') : typeof value === 'string' ? value : json);
}
