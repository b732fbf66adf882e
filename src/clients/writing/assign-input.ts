import { secretsScopeMissing } from '../../access/access-errors.js';
import { ownerFor } from '../../access/ownership.js';
import { mayDo, type Principal } from '../../access/principal.js';
import { endingAt, isValid } from '../../secrets/secret-set.js';
import type { Preparation } from './client-preparation.js';
import type { EditableClient, Edited } from './client.writer.js';
import { requireRules } from '../../fields/rule.js';
import { secretExpiryLiesAhead, usesSecret } from '../metadata/client-metadata.rules.js';
import { ClientInput } from '../metadata/client.dto.js';

/**
 * Gives a client all members of `sent`. Changing to a method without secrets removes the secrets; changing to a method with secrets issues
 * none. Sending the current secret again changes no secret: tools send it repeatedly.
 *
 * @throws OAuthError 400 when a new secret would already have expired; 403 when the actor may not give the client this owner, or may not
 * change its secrets
 */
export async function assignInput(
  current: EditableClient,
  sent: ClientInput,
  { issue, isSecret, requireSector }: Preparation,
  actor: Principal | undefined,
): Promise<Edited> {
  const { metadata, secrets } = current;
  const input = { ...sent, owner: ownerFor(actor, sent.owner) };
  requireScopeForSecrets(actor, current, input);
  requireSector(input, metadata);
  if (!usesSecret(input)) return { metadata: input, secrets: [] };
  const { client_secret: chosen, client_secret_hash: hash, client_secret_expires_at: expiresAt } = input;
  const [newest, ...older] = secrets;
  const isGiven = chosen !== '' || hash !== '';
  if (newest && (!isGiven || isSecret(newest.id, chosen, hash))) {
    // An omitted expiry (0) does not revive an expired secret: older clients never send this member. An explicit later expiry does.
    const end = expiresAt === 0 && !isValid(newest) ? newest.expiresAt : expiresAt;
    return {
      metadata: input,
      secrets: [endingAt(newest, end), ...older],
      once: chosen ? { client_secret: chosen } : {},
    };
  }
  if (!isGiven) return { metadata: input, secrets: [] };
  await requireRules(ClientInput, input, [secretExpiryLiesAhead()]);
  const { clear, row } = issue(chosen, hash);
  return { metadata: input, secrets: [endingAt(row, expiresAt)], once: { client_secret: clear } };
}

/**
 * Requires the scope `secrets:write` for changes of secrets. Any secret that is sent counts as a change and is not compared first: otherwise
 * the answer would confirm a correct guess.
 *
 * @throws OAuthError 403 `insufficient_scope` naming the member
 */
function requireScopeForSecrets(
  actor: Principal | undefined,
  { metadata, secrets }: EditableClient,
  input: ClientInput,
): void {
  if (mayDo(actor, 'secrets:write')) return;
  const changes: Partial<Record<keyof ClientInput, boolean>> = {
    client_secret: input.client_secret !== '',
    client_secret_hash: input.client_secret_hash !== '',
    client_secret_expires_at: input.client_secret_expires_at !== metadata.client_secret_expires_at,
    token_endpoint_auth_method: secrets.length > 0 && !usesSecret(input),
  };
  const [changed] = Object.entries(changes).find(([, isChanged]) => isChanged) ?? [];
  if (changed !== undefined) throw secretsScopeMissing(changed);
}
