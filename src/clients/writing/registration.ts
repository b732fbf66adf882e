import { OAuthError } from '../../oauth-error/oauth-error.js';
import { REGISTRATIONS, tell } from '../../telemetry/events.js';

/**
 * Tells what came of a client that was to be created.
 *
 * @param policy under which: `admin` for whoever may write clients
 */
export async function toldOf<T>(policy: string, created: Promise<T>): Promise<T> {
  try {
    const client = await created;
    tell(REGISTRATIONS, { policy, outcome: 'created' });
    return client;
  } catch (error) {
    const isRefusal = error instanceof OAuthError && error.getStatus() < 500;
    tell(REGISTRATIONS, { policy, outcome: isRefusal ? 'refused' : 'failed' });
    throw error;
  }
}
