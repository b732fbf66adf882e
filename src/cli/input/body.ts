import type { Command } from 'commander';
import { memberTexts, objectText } from '../../json/json-text.js';
import { readClientFile } from './client-file.js';
import { flagValue } from './flag-value.js';
import { addMemberFlags } from './member-flags.js';

/** Reads a body from the options that Commander parsed: JSON text; `undefined` when neither a flag nor a file gives any member. */
export type BodyReader = (given: Record<string, unknown>) => Promise<string | undefined>;

/**
 * Gives a command the flags for the members of a body, and `--file` for a file that has them. Flags override members of the file.
 *
 * @param type a class whose members are declared by decorators
 * @param except members that the command takes in another way. Default none
 * @returns a reader of the body, which throws CommandError when the file is wrong
 */
export function addBody(command: Command, type: abstract new () => object, except: readonly string[] = []): BodyReader {
  command.option(
    '--file <path>',
    'the members as JSON or YAML, as the admin API has them; - reads standard input',
    flagValue,
  );
  const read = addMemberFlags(command, type, except);
  return async (given) => {
    const flags = read(given);
    const { file } = given as { file?: string };
    if (file === undefined) return flags.size > 0 ? objectText(flags) : undefined;
    const text = await readClientFile(file);
    // Merged as text: parsing would lose digits of large numbers.
    return flags.size > 0 ? objectText(new Map([...memberTexts(text), ...flags])) : text;
  };
}
