import type { Command } from 'commander';
import { LIST_PARAMETERS } from '../../clients/list/client-list.parameters.js';
import { flagValue, listValue, type ValueParser } from './flag-value.js';
import { flagsOf } from './flag-names.js';

/** Parameters that have no flag: `list` counts by itself what it prints. */
const WITHOUT_FLAG = ['page_size', 'include_total'];
/** The parameter that is one text of entries separated by commas. */
const COMMA_SEPARATED = 'fields';

/** Reads query parameters of the list from the options that Commander parsed. */
export type QueryReader = (given: object) => URLSearchParams;

/** Gives a command a flag for each query parameter of the list. Flags for the members of a client have the same names everywhere. */
export function addListFlags(command: Command): QueryReader {
  const parameters = Object.entries(LIST_PARAMETERS)
    .filter(([name, { isLegacy }]) => !isLegacy && !WITHOUT_FLAG.includes(name))
    .map(([name, { description, isRepeatable, sample }]) => {
      const isList = isRepeatable || name === COMMA_SEPARATED;
      const flags = `${flagsOf(name)} ${isList ? '<list>' : '<text>'}`;
      const about = description.replaceAll('`', '') + (sample ? ` Such as ${sample}` : '');
      const option = command
        .createOption(flags, about)
        .argParser((isList ? listValue : flagValue) as ValueParser<unknown>);
      command.addOption(option);
      return { name, isRepeatable, key: option.attributeName() };
    });
  return (given) => {
    const query = new URLSearchParams();
    for (const { name, isRepeatable, key } of parameters) {
      const { [key]: value = [] } = given as Record<string, string | string[]>;
      const values = [value].flat();
      for (const one of isRepeatable || values.length === 0 ? values : [values.join(',')]) query.append(name, one);
    }
    return query;
  };
}
