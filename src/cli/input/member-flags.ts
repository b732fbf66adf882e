import type { Command, Option } from 'commander';
import { fieldsOf, type Field } from '../../fields/field.js';
import { flagValue, jsonValue, listValue, numberValue, type ValueParser } from './flag-value.js';
import { flagsOf } from './flag-names.js';

/** The member that is one text of entries separated by spaces. */
const BLANK_SEPARATED = 'scope';

/** How the value of a member is written as a flag. */
interface Kind {
  /** Placeholder of the value in the help; `''` for a flag without one. */
  placeholder: string;
  parse?: ValueParser<string> | ValueParser<string[]>;
  /** Converts what the parser returned to JSON text. */
  write: (value: unknown) => string;
}

const TEXT: Kind = { placeholder: ' <text>', parse: flagValue, write: JSON.stringify };
const LIST: Kind = { placeholder: ' <list>', parse: listValue, write: JSON.stringify };
const BLANKS: Kind = { ...LIST, write: (entries) => JSON.stringify((entries as string[]).join(' ')) };
const FLAG: Kind = { placeholder: '', write: JSON.stringify };
const NUMBER: Kind = { placeholder: ' <number>', parse: numberValue, write: (digits) => String(Number(digits)) };
const JSON_TEXT: Kind = { placeholder: ' <json>', parse: jsonValue, write: String };

/** Returns the kind of a member, from its schema. */
function kindOf({ name, schema: { type } }: Field): Kind {
  if (name === BLANK_SEPARATED) return BLANKS;
  if (type === String) return TEXT;
  if (type === Boolean) return FLAG;
  return type === 'array' ? LIST : type === 'integer' ? NUMBER : JSON_TEXT;
}

/** Reads the members that the command line sets. */
export type MemberReader = (given: Record<string, unknown>) => Map<string, string>;

/**
 * Gives a command one flag for each member of `type` except secrets, because lists of processes show command lines. A flag that is `true`
 * or `false` has a second form with `no-`.
 *
 * @param type a class whose members are declared by decorators
 * @param except members that the command takes in another way. Default none
 * @returns a reader of the members from the options that Commander parsed: their values as JSON text, by name
 */
export function addMemberFlags(
  command: Command,
  type: abstract new () => object,
  except: readonly string[] = [],
): MemberReader {
  const members = fieldsOf(type)
    .filter(({ name, isSecret }) => !isSecret && !except.includes(name))
    .map((field) => ({ field, kind: kindOf(field) }))
    .map(({ field, kind }) => ({ name: field.name, kind, key: addFlag(command, field, kind).attributeName() }));
  return (given) =>
    new Map(members.flatMap(({ name, kind, key }) => (key in given ? [[name, kind.write(given[key])]] : [])));
}

function addFlag(command: Command, { name, schema }: Field, { placeholder, parse }: Kind): Option {
  const flags = flagsOf(name, schema.type === 'array');
  const group = name.endsWith('_lifespan') ? 'Lifespans of tokens:' : 'Members:';
  const option = command.createOption(flags + placeholder, `${schema.description} (${name})`).helpGroup(group);
  command.addOption(parse ? option.argParser(parse as ValueParser<unknown>) : option);
  if (!parse) command.addOption(command.createOption(`--no-${option.name()}`, `the opposite`).helpGroup(group));
  return option;
}
