import { Option, type Command } from 'commander';
import { epochSeconds } from '../../secrets/secret-set.js';
import { durationValue } from './duration.js';
import { addMemberFlags, type MemberReader } from './member-flags.js';

/** The member that `--expires-in` also sets. */
const END = 'expires_at';

/**
 * As {@link addMemberFlags}, with `--expires-in` beside the flag of `expires_at`.
 *
 * @param type the class of a credential that may expire
 * @param example an example of a time, for the help
 */
export function addEndingMemberFlags(
  command: Command,
  type: abstract new () => Record<typeof END, number>,
  example: string,
): MemberReader {
  const read = addMemberFlags(command, type);
  command.addOption(
    new Option('--expires-in <time>', `when it ends, from now: minutes, hours or days, such as ${example}`)
      .argParser(durationValue)
      .conflicts('expiresAt'),
  );
  return (given) => {
    const members = read(given);
    const { expiresIn } = given;
    if (typeof expiresIn === 'number') members.set(END, String(epochSeconds() + expiresIn));
    return members;
  };
}
