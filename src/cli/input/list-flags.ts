import type { Command } from 'commander';
import type { QueryParameter } from '../../http/query/query-parameters.js';
import { flagValue, listValue, type ValueParser } from './flag-value.js';
import { flagsOf } from './flag-names.js';

/** Parameters without a flag of their own: the commands page through the list themselves. */
const WITHOUT_FLAG = ['page_size', 'include_total'];
/** The parameter that is one text of entries separated by commas. */
const COMMA_SEPARATED = 'fields';

/** Reads query parameters of a list from the options that Commander parsed. */
export type QueryReader = (given: object) => URLSearchParams;

/**
 * Gives a command a flag for each query parameter of a list; one that is `true` or `false` has a second form with `no-`. Flags for the
 * members of a client have the same names everywhere.
 *
 * @param declared the parameters of the list, by their names
 */
export function addListFlags(command: Command, declared: Readonly<Record<string, QueryParameter>>): QueryReader {
  const parameters = Object.entries(declared)
    .filter(([name, { isLegacy }]) => !isLegacy && !WITHOUT_FLAG.includes(name))
    .map(([name, parameter]) => ({ name, key: addFlag(command, name, parameter), ...parameter }));
  return (given) => {
    const query = new URLSearchParams();
    for (const { name, isRepeatable, key } of parameters) {
      const { [key]: value = [] } = given as Record<string, boolean | string | string[]>;
      const values = [value].flat();
      for (const one of isRepeatable || values.length === 0 ? values : [values.join(',')])
        query.append(name, String(one));
    }
    return query;
  };
}

/** Adds the flag of a parameter, and returns the name under which Commander has its value. */
function addFlag(
  command: Command,
  name: string,
  { description, isRepeatable, sample, schema }: QueryParameter,
): string {
  const about = description.replaceAll('`', '') + (sample ? ` Such as ${sample}` : '');
  if (schema && 'type' in schema && schema.type === 'boolean') {
    const option = command.createOption(flagsOf(name), about);
    command.addOption(option).addOption(command.createOption(`--no-${option.name()}`, 'the opposite'));
    return option.attributeName();
  }
  const isList = isRepeatable || name === COMMA_SEPARATED;
  const option = command.createOption(`${flagsOf(name)} ${isList ? '<list>' : '<text>'}`, about);
  command.addOption(option.argParser((isList ? listValue : flagValue) as ValueParser<unknown>));
  return option.attributeName();
}
