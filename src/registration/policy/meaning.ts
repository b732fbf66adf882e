import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { registeredMembers } from '../../clients/metadata/standard/registered-members.js';
import { memberField, untagged } from './policy-members.js';

/**
 * What a member means to those who know the standards. Answers leave out what says no more than its absence, such as `false`: a policy
 * judges that, too.
 *
 * @returns `undefined` when it means nothing
 */
export function meaningOf(members: Readonly<Record<string, unknown>>, name: string): unknown {
  const shown = registeredMembers(members as unknown as ClientMetadata).get(name);
  if (shown !== undefined) return shown;
  const { [name]: value } = members;
  const isSaid =
    typeof value === 'boolean' || (value !== undefined && value === memberField(untagged(name))?.saysNothing);
  return isSaid ? value : undefined;
}
