import { createHash } from 'node:crypto';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { registeredMembers } from '../../clients/metadata/standard/registered-members.js';
import { RawJson } from '../../json/json-text.js';

/**
 * SHA-256, in hexadecimal, of what makes two registrations the same: the policy, the label of the initial access token, and the client
 * that results, where a member that was left out and one that was sent with its default are the same. The order of lists counts: an
 * answer shows them as they were sent.
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
