import { OAuthError } from '../../oauth-error/oauth-error.js';
import { REGISTRATIONS, tell, type ClientRegistered } from '../../telemetry/events.js';

/** Outcome of a registration by the status of its error; any other status below 500 means `refused`. */
const OUTCOMES: ReadonlyMap<number, ClientRegistered['outcome']> = new Map([
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [429, 'limited'],
]);

/**
 * Publishes the outcome of the creation of a client on the channel {@link REGISTRATIONS}.
 *
 * @param policy the policy of the registration; `admin` for actors that may write clients
 * @param isNew whether the answer shows a client that was created. Default: it does
 */
export async function toldOf<T>(
  policy: string,
  answered: Promise<T>,
  isNew: (answer: T) => boolean = () => true,
): Promise<T> {
  const answer = await toldUnless(policy, answered);
  tell(REGISTRATIONS, { policy, outcome: isNew(answer) ? 'created' : 'reused' });
  return answer;
}

/**
 * Publishes that a client was not created if a step before its creation fails.
 *
 * @param policy as for {@link toldOf}; `''` when it is unknown
 */
export async function toldUnless<T>(policy: string, before: Promise<T>): Promise<T> {
  try {
    return await before;
  } catch (error) {
    tell(REGISTRATIONS, { policy, outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): ClientRegistered['outcome'] {
  if (!(error instanceof OAuthError) || error.getStatus() >= 500) return 'failed';
  return OUTCOMES.get(error.getStatus()) ?? 'refused';
}
