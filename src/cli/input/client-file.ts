import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { parseOrUndefined } from '../../json/json-text.js';
import { isJsonObject, placeOfFault } from '../../json/lossless-json.js';
import { CommandError } from './command-error.js';

const EXAMPLE = 'one JSON object, such as {"client_name": "Invoices"}';

/** Removes a byte order mark, which some editors write. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a file that contains a JSON object, or the same as YAML: a text that begins with a brace or a bracket is JSON.
 *
 * @param path path of the file; `-` for standard input
 * @returns the object as JSON text, with numbers as they were written
 * @throws CommandError whose message does not repeat the text, because it may contain a secret
 */
export async function readClientFile(path: string): Promise<string> {
  const name = path === '-' ? 'Standard input' : path;
  const bytes = await (path === '-' ? buffer(process.stdin) : readFile(path)).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      `${name} cannot be read (${error.code}): name a file that contains a client as JSON, or - for standard input.`,
    );
  });
  const text = decoded(bytes, name);
  const json = /^\s*[{[]/.test(text) ? text : await fromYaml(text, name);
  const value = parseOrUndefined(json);
  if (isJsonObject(value)) return json;
  if (value !== undefined) throw new CommandError(`${name} must contain ${EXAMPLE}.`);
  throw faulty(name, 'JSON', placeOfFault(json));
}

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new CommandError(`${name} is not text in UTF-8: write ${EXAMPLE}.`);
  }
}

/** Converts YAML to JSON. The YAML parser is loaded only here, since most files are JSON. */
async function fromYaml(text: string, name: string): Promise<string> {
  const { jsonOfYaml } = await import('../../json/yaml.js');
  const read = jsonOfYaml(text);
  if ('json' in read) return read.json;
  throw faulty(name, 'YAML', read.fault);
}

function faulty(name: string, kind: string, place?: string): CommandError {
  return new CommandError(`${name} is not ${kind}${place ? ` at ${place}` : ''}: write ${EXAMPLE}.`);
}
