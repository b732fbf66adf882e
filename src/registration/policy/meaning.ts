import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { registeredMembers } from '../../clients/metadata/standard/registered-members.js';
import { memberField, untagged } from './policy-members.js';

/**
 * Returns the value of a member as the standards define it. Answers leave out a value that says no more than an unset member, such as `false`; a
 * policy judges it nevertheless.
 *
 * @returns `undefined` when the member has no such value
 */
export function meaningOf(members: Readonly<Record<string, unknown>>, name: string): unknown {
  const shown = registeredMembers(members as unknown as ClientMetadata).get(name);
  if (shown !== undefined) return shown;
  const { [name]: value } = members;
  const isSaid =
    typeof value === 'boolean' || (value !== undefined && value === memberField(untagged(name))?.saysNothing);
  return isSaid ? value : undefined;
}
