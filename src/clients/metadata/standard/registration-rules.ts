import type { Rule } from '../../../fields/rule.js';
import type { ClientMetadata } from '../client-metadata.js';
import { redirectsFitApplication } from './application-type.js';
import { usesRules, type GrantRules } from './grants-and-responses.js';
import { judgingChanges, laterRules } from './later-rules.js';
import { CIBA_RULE } from './openid-rules.js';
import { hostsArePublic } from './public-hosts.js';

/**
 * The rules for clients that register themselves, beside those of every client: more than the admin API asks, where a client may
 * have all that Ory Hydra takes. As with {@link laterRules}, a change obeys those of which it changes a member that they read.
 *
 * @param before the client as it is stored; none for a new client
 */
export function registrationRules(before?: ClientMetadata, options: GrantRules = {}): readonly Rule<ClientMetadata>[] {
  const own = [...usesRules(options, before), redirectsFitApplication('web'), CIBA_RULE];
  return [...laterRules(before), ...judgingChanges<ClientMetadata>(own, before), hostsArePublic(before)];
}
