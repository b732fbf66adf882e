import { isDeepStrictEqual } from 'node:util';
import { certificateNamesOf } from '../clients/metadata/certificate-names.js';
import type { ClientMetadata } from '../clients/metadata/client-metadata.js';
import type { StoredSecret } from '../secrets/secret-matcher.js';
import type { ProvedCredential } from './authenticated-client.js';
import type { Candidate } from './candidates.js';

/** The proof of a client's identity. */
export interface Proof {
  credential: ProvedCredential;
  /** The stored secret and the presented one, when the credential is a secret. */
  secret?: [stored: StoredSecret, presented: string];
  /** Whether the proof took time, in which the client may have changed. */
  waited: boolean;
}

/** The members of a client, apart from names of certificates, that a proof by key or certificate depends on. */
const MEMBERS_OF_KEYS = [
  'jwks',
  'jwks_uri',
  'token_endpoint_auth_signing_alg',
] as const satisfies (keyof ClientMetadata)[];

/**
 * Whether the credential still proves the client's identity.
 *
 * @param before the client as it was when the proof began
 * @param now the client as it is now
 */
export function stillProves({ credential }: Proof, before: Candidate, now: Candidate): boolean {
  if (now.authMethod !== before.authMethod) return false;
  if (credential.type === 'secret') return now.secrets.some(({ id }) => id === credential.id);
  const [former, current] = [before.document.client, now.document.client];
  return (
    MEMBERS_OF_KEYS.every((name) => isDeepStrictEqual(former[name], current[name])) &&
    isDeepStrictEqual(certificateNamesOf(former), certificateNamesOf(current))
  );
}
