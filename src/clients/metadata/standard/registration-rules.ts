import type { Rule } from '../../../fields/rule.js';
import type { ClientMetadata } from '../client-metadata.js';
import { redirectsFitApplication } from './application-type.js';
import { usesRules, type GrantRules } from './grants-and-responses.js';
import { judgingChanges, laterRules } from './later-rules.js';
import { CIBA_RULE } from './openid-rules.js';
import { hostsArePublic } from './public-hosts.js';

/**
 * Returns the rules for clients that register themselves, in addition to those for every client. They are stricter than the admin API, which
 * accepts all that Ory Hydra accepts. As with {@link laterRules}, a change must obey those that read a member which it changes.
 *
 * @param before the client as it is stored; `undefined` for a new client
 */
export function registrationRules(before?: ClientMetadata, options: GrantRules = {}): readonly Rule<ClientMetadata>[] {
  const own = [...usesRules(options, before), redirectsFitApplication('web'), CIBA_RULE];
  return [...laterRules(before), ...judgingChanges<ClientMetadata>(own, before), hostsArePublic(before)];
}
