import { ALGORITHMS } from '../jwt/algorithms.js';

/** Lists of algorithms of the provider's configuration, by name. */
export type Algorithms = Readonly<Record<string, readonly string[]>>;

const ENCRYPTION = ['ECDH-ES', 'RSA-OAEP', 'RSA-OAEP-256'];
/** Lists whose defaults in the provider contain symmetric algorithms, here without them. */
const DEFAULTS: Algorithms = {
  clientAuthSigningAlgValues: ALGORITHMS,
  requestObjectSigningAlgValues: ALGORITHMS,
  idTokenEncryptionAlgValues: ENCRYPTION,
  requestObjectEncryptionAlgValues: ENCRYPTION,
  userinfoEncryptionAlgValues: ENCRYPTION,
  introspectionEncryptionAlgValues: ENCRYPTION,
  authorizationEncryptionAlgValues: ENCRYPTION,
};

/**
 * Removes the algorithms with a shared key (RFC 7518 §3.1, §4.1) from the provider's `enabledJWA`: the registry has no secret to derive one from.
 *
 * @param own as the host configured it
 */
export function withoutSymmetric(own: Algorithms = {}): Algorithms {
  const lists = Object.entries({ ...DEFAULTS, ...own });
  // The lists of content encryption also have names such as A128GCM, but these take no key of a client.
  return Object.fromEntries(
    lists.map(([name, list]) => [name, name.endsWith('EncValues') ? list : list.filter((alg) => !isSymmetric(alg))]),
  );
}

function isSymmetric(alg: string): boolean {
  return /^(HS|A\d|dir$|PBES2)/.test(alg);
}
