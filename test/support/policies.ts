import type { ClientMetadata } from '../../src/clients/metadata/client-metadata.js';
import { ClientInput } from '../../src/clients/metadata/client.dto.js';
import { membersOf, readMembers } from '../../src/fields/read-input.js';
import { OAuthError } from '../../src/oauth-error/oauth-error.js';
import { sentMembers } from '../../src/registration/policy/policy-members.js';
import { RegistrationPolicies } from '../../src/registration/policy/registration-policies.js';

/** What is wrong with a client, sentence by sentence. */
export type Refused = string[];

/** What a policy with these rules makes of a body, or what it says against it. */
export async function judged(rules: object, body: object, before?: ClientMetadata): Promise<ClientMetadata | Refused> {
  const members = membersOf(ClientInput, JSON.stringify(body));
  const result = await readMembers(ClientInput, members);
  try {
    return RegistrationPolicies.read({ default: rules })
      .named()
      .judge({ before, sent: sentMembers(members), result });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return error.faults.map(({ detail }) => detail);
  }
}

/** A client that was accepted. */
export async function accepted(rules: object, body: object, before?: ClientMetadata): Promise<ClientMetadata> {
  const client = await judged(rules, body, before);
  if (Array.isArray(client)) throw new Error(client.join(' '));
  return client;
}

/** A client as an administrator has it. */
export async function stored(body: object): Promise<ClientMetadata> {
  return readMembers(ClientInput, membersOf(ClientInput, JSON.stringify(body)));
}
