import { isDeepStrictEqual } from 'node:util';
import type { ClientMetadata } from '../clients/metadata/client-metadata.js';
import type { StoredSecret } from '../secrets/secret-matcher.js';
import type { ProvedCredential } from './authenticated-client.js';
import type { Candidate } from './candidates.js';

/** What proves who a client is. */
export interface Proof {
  credential: ProvedCredential;
  /** The stored secret, and what was presented, when it was one. */
  secret?: [stored: StoredSecret, presented: string];
  /** Whether it took time, in which the client may have changed. */
  waited: boolean;
}

/** What a proof by a key depends on. */
const MEMBERS_OF_KEYS = [
  'jwks',
  'jwks_uri',
  'token_endpoint_auth_signing_alg',
] as const satisfies (keyof ClientMetadata)[];

/**
 * Does what proved a client still prove it?
 *
 * @param before the client as it was when the proof began
 * @param now the client as it is by now
 */
export function stillProves({ credential }: Proof, before: Candidate, now: Candidate): boolean {
  if (now.authMethod !== before.authMethod) return false;
  if (credential.type === 'secret') return now.secrets.some(({ id }) => id === credential.id);
  const [former, current] = [before.document.client, now.document.client];
  return MEMBERS_OF_KEYS.every((name) => isDeepStrictEqual(former[name], current[name]));
}
