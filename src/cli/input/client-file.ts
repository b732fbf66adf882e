import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { isJsonObject, placeOfFault } from '../../json/lossless-json.js';
import { CommandError } from './command-error.js';

const EXAMPLE = 'one JSON object, such as {"client_name": "Invoices"}';

/** Removes a byte order mark, which some editors write. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a file that contains a JSON object.
 *
 * @param path path of the file; `-` for standard input
 * @returns the text of the file
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
  if (isJsonObject(parsed(text, name))) return text;
  throw new CommandError(`${name} must contain ${EXAMPLE}.`);
}

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new CommandError(`${name} is not text in UTF-8: write ${EXAMPLE}.`);
  }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const place = placeOfFault(text);
    throw new CommandError(`${name} is not JSON${place ? ` at ${place}` : ''}: write ${EXAMPLE}.`);
  }
}
