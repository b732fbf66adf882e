import type { Actor } from '../../access/principal.js';
import type { RegistrationPolicy } from '../policy/registration-policy.js';
import type { UnusedClient } from './unused-client.statements.js';
import type { UnusedClients } from './unused-clients.js';

/** Most clients that are looked for with one statement. */
const BATCH = 100;

/** What a policy lets go, a part at a time. */
export interface Swept {
  policy: string;
  /** The time since before which they are unused, as it is stored; left out with `refusal`. */
  before?: string;
  /** Those that are removed, or would be. */
  clients: readonly UnusedClient[];
  /** Why none is removed, as the end of a sentence; left out when some may be. */
  refusal?: string;
}

/** How a sweep is done. */
export interface SweepOptions {
  /** Who removes the clients; `undefined`: nobody does, and the sweep only says which would go. */
  actor?: ((policy: string) => Actor) | undefined;
}

/**
 * Removes the clients that policies let go, those that are unused for longest first. Several processes may do it at the same time.
 *
 * @param policies those that say for how long clients may be unused; the others are left out
 * @throws OAuthError 503 when the database cannot answer
 */
export async function* sweep(
  unused: UnusedClients,
  policies: readonly RegistrationPolicy[],
  { actor }: SweepOptions,
): AsyncGenerator<Swept> {
  for (const { name: policy, removeUnusedAfter, reuseWithin = 0 } of policies) {
    if (removeUnusedAfter === undefined) continue;
    // One that answers the same registration once more is as good as new.
    const { before, refusal } = await unused.due(removeUnusedAfter + reuseWithin);
    if (before === undefined) {
      yield { policy, clients: [], refusal };
      continue;
    }
    let after: UnusedClient | undefined;
    do {
      const found = await unused.find({ policy, before, after, most: BATCH });
      const clients: UnusedClient[] = [];
      // One that an administrator has changed is left to administrators.
      for (const one of found.filter(({ isOfItsOwn }) => isOfItsOwn))
        if (!actor || (await unused.remove(one, before, { actor: actor(policy) }))) clients.push(one);
      yield { policy, before, clients };
      after = found.length < BATCH ? undefined : found.at(-1);
    } while (after);
  }
}
