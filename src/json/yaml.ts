import { isLosslessNumber, LosslessNumber } from 'lossless-json';
import { parseDocument, stringify, type ScalarTag } from 'yaml';
import { parseLossless, writeLossless } from './lossless-json.js';

/** Numbers of JSON; they keep their digits. */
const JSON_NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: isLosslessNumber,
  test: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/,
  resolve: (text) => new LosslessNumber(text),
  stringify: ({ value }) => String(value),
};

/** Numbers that JSON does not have; they are rejected. */
const NO_NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/,
  resolve: (_, fail) => fail('JSON has no such number'),
};

/** Converts JSON to YAML 1.2, in block style. Quotes texts that YAML 1.1 reads as another type, such as `yes`. */
export function yamlOf(json: string): string {
  const options = { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;
  return stringify(parseLossless(json), { ...options, customTags: (tags) => [JSON_NUMBER, ...tags] });
}

/**
 * Converts YAML 1.2 to JSON. Aliases become copies.
 *
 * @param yaml one document
 * @returns compact JSON, or the place of the fault, such as `line 2, column 7`; `undefined` when the place is not known. The
 * text of the document is not repeated
 */
export function jsonOfYaml(yaml: string): { json: string } | { fault: string | undefined } {
  try {
    const document = parseDocument(yaml, {
      logLevel: 'error',
      customTags: (tags) => [JSON_NUMBER, NO_NUMBER, ...tags],
    });
    // A warning concerns an unknown tag: its value would be read as another type.
    const [fault] = [...document.errors, ...document.warnings];
    if (!fault) return { json: writeLossless(document.toJS()) };
    const [{ line, col } = { line: 1, col: 1 }] = fault.linePos ?? [];
    return { fault: `line ${line}, column ${col}` };
  } catch {
    // An alias without its anchor or within its own anchor, or too many aliases.
    return { fault: undefined };
  }
}
