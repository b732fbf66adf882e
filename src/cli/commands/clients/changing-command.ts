import type { Command } from 'commander';
import { addIfMatch, addPlaceAndFormat, type ChangeFlags, type CommonOptions } from '../../input/common-options.js';
import { flagValue } from '../../input/flag-value.js';
import { printOnce } from '../../output/once.js';
import { withRegistry } from '../../registry/open-registry.js';
import type { ChangeCondition, Registry } from '../../registry/registry.js';

/** The options of a command that changes one client, as Commander parses them. */
type Given = CommonOptions & ChangeFlags & Record<string, unknown>;

/** Changes one client of a registry, and returns what the command prints, as JSON text. */
type Change = (registry: Registry, id: string, condition: ChangeCondition) => Promise<string>;

/** Gives a command that changes one client the argument and help that all such commands have, and the flags for registry, format and entity tag. */
export function addChange(command: Command, help: string): Command {
  command.argument('<client_id>', 'the client', flagValue).addHelpText('after', help);
  return addIfMatch(addPlaceAndFormat(command));
}

/**
 * Returns the action of a command that has {@link addChange}.
 *
 * @param read makes a change from the flags, before the registry is opened; it throws CommandError for flags that make no change
 */
export function changing(read: (given: Given) => Change | Promise<Change>) {
  return async (id: string, given: Given): Promise<void> => {
    const change = await read(given);
    const { format, ifMatch } = given;
    await printOnce(format, await withRegistry((registry) => change(registry, id, { ifMatch })));
  };
}
