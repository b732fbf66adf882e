import { OAuthError } from '../../oauth-error/oauth-error.js';
import { REGISTRATIONS, tell, type ClientRegistered } from '../../telemetry/events.js';

/** What came of it, by the status of the answer; any other below 500 is `refused`. */
const OUTCOMES: ReadonlyMap<number, ClientRegistered['outcome']> = new Map([
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [429, 'limited'],
]);

/**
 * Tells what came of a client that was to be created.
 *
 * @param policy under which: `admin` for whoever may write clients
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
 * Tells that a client was not created, if what comes before it fails.
 *
 * @param policy as for {@link toldOf}; `''` where none is known
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
