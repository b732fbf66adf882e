import type { Actor } from '../../access/principal.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';
import type { UnusedClient } from './unused-client.statements.js';
import type { UnusedClients } from './unused-clients.js';

/** Most clients that one statement returns. */
const BATCH = 100;

/** One batch of the unused clients of a policy. */
export interface Swept {
  policy: string;
  /** Time before which they became unused, as it is stored; left out with `refusal`. */
  before?: string;
  /** Clients that were removed, or would be. */
  clients: readonly UnusedClient[];
  /** Why none is removed, as the end of a sentence; left out when some may be. */
  refusal?: string;
}

/** How a sweep is done. */
export interface SweepOptions {
  /** Returns the actor that removes the clients of a policy; `undefined`: none is removed, the sweep only reports which would be. */
  actor?: ((policy: string) => Actor) | undefined;
}

/**
 * Removes the clients that were unused for longer than their policies allow, the longest unused first. Several processes may do so at the same
 * time.
 *
 * @param policies all policies; those without `removeUnusedAfter` are skipped
 * @throws OAuthError 503 when the database cannot answer
 */
export async function* sweep(
  unused: UnusedClients,
  policies: readonly RegistrationPolicy[],
  { actor }: SweepOptions,
): AsyncGenerator<Swept> {
  for (const { name: policy, removeUnusedAfter, reuseWithin = 0 } of policies) {
    if (removeUnusedAfter === undefined) continue;
    // A client may answer the same registration again until `reuseWithin` is over: its time begins only then.
    const { before, refusal } = await unused.due(removeUnusedAfter + reuseWithin);
    if (before === undefined) {
      yield { policy, clients: [], refusal };
      continue;
    }
    let after: UnusedClient | undefined;
    do {
      const found = await unused.find({ policy, before, after, most: BATCH });
      const clients: UnusedClient[] = [];
      // Clients that an administrator has changed are left to administrators.
      for (const one of found.filter(({ isOfItsOwn }) => isOfItsOwn))
        if (!actor || (await unused.remove(one, before, { actor: actor(policy) }))) clients.push(one);
      yield { policy, before, clients };
      after = found.length < BATCH ? undefined : found.at(-1);
    } while (after);
  }
}
