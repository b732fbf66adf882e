import { tokenDigest } from '../secrets/generated/token.js';
import type { CurrentClient } from '../clients/store/client.statements.js';
import { tokenOf, type PresentedToken } from '../clients/tokens/registration-token.js';
import type { Admission } from '../clients/writing/client.writer.js';
import type { RegistrationCall } from './registration-call.js';
import { registrationRefused } from './registration-errors.js';

/** A client whose registration access token was presented. */
export interface Admitted {
  current: CurrentClient;
  by: PresentedToken;
}

/**
 * Admits a caller that presents the registration access token of a client. A suspended client is rejected, as it is when it authenticates.
 *
 * @param current `undefined` when there is no such client: the check then takes the same time
 * @throws OAuthError 401 in the same words whatever the reason
 */
export function admitted(current: CurrentClient | undefined, { token }: RegistrationCall): Admitted {
  const by = tokenOf(tokenDigest(token ?? ''), current?.token);
  if (!current || !by || current.client.suspended !== null) throw registrationRefused(token === undefined);
  return { current, by };
}

/** As {@link admitted}, for changes. */
export function admission(call: RegistrationCall): Admission {
  return (current) => admitted(current, call).current;
}
