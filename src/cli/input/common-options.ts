import { Option, type Command } from 'commander';
import { setVariables } from '../../standalone/config/environment.js';
import { FORMATS, IDS, type Format } from '../output/formats.js';
import { flagValue } from './flag-value.js';

/** The options of every command on clients, as Commander parses them. */
export interface CommonOptions {
  url?: string;
  format: Format;
}

/** Gives a command the flags that say which registry it works on. */
export function addPlace(command: Command): Command {
  const about = 'call the running service at this URL, instead of opening the database; default OAUTH2_REGISTRY_URL';
  return command
    .option('--endpoint, --url <url>', about, urlValue)
    .addOption(new Option('-e <url>', 'as --endpoint').argParser(urlValue).hideHelp());
}

/** Sets the URL as an environment variable, so that it is checked like one. */
function urlValue(value: string, previous?: string): string {
  setVariables({ OAUTH2_REGISTRY_URL: flagValue(value, previous) });
  return value;
}

/** As {@link addPlace}, with the flags for the output format, for a command that prints clients or secrets. */
export function addPlaceAndFormat(command: Command): Command {
  return addFormat(addPlace(command));
}

/** Gives a command the flags for the output format. */
export function addFormat(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <format>', 'how the output is written').choices(FORMATS).default('table'))
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }));
}

/** Gives a command that prints clients or secrets the flag to print only their ids, which overrides every format, as in Hydra. */
export function addQuiet(command: Command): Command {
  return command
    .option('-q, --quiet', 'print only the ids, one a line')
    .hook('preAction', () => void (command.opts()['quiet'] && command.setOptionValue('format', IDS)));
}

/** The options of a command that changes a client, as Commander parses them. */
export interface ChangeFlags {
  ifMatch?: string;
}

/** Gives a command the flag that makes its change depend on the state of the client. */
export function addIfMatch(command: Command): Command {
  const about = 'change the client only if it has this entity tag, see get --etag; * is any';
  return command.option('--if-match <etag>', about, flagValue);
}
