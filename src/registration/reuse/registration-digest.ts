import { createHash } from 'node:crypto';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { registeredMembers } from '../../clients/metadata/standard/registered-members.js';
import { RawJson } from '../../json/json-text.js';

/**
 * Returns the SHA-256, in hexadecimal, of what makes two registrations the same: the policy, the label of the initial access token, and the
 * resulting client. A member that was left out equals one that was sent with its default. The order of lists matters: an answer shows them as they
 * were sent.
 *
 * @param policy name of the policy
 * @param label of the initial access token; `undefined` without one
 * @param client that results from the registration
 */
export function registrationDigest(policy: string, label: string | undefined, client: ClientMetadata): string {
  const members = [...registeredMembers(client)]
    .map(([name, value]) => [name, RawJson.write(value)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(['registration', policy, label ?? null, members]))
    .digest('hex');
}
