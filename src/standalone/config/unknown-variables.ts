import { editDistance, nearestName } from '../../oauth-error/nearest-name.js';

/** An unknown name that is at most so far from a known one is a mistake, not the variable of another program. */
const MAX_EDITS = 2;
/** Names of the variables by which Kubernetes, and Docker before it, tell a container about a service. */
const SERVICE = /_SERVICE_|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/;
const SERVICE_URL = /^(tcp|udp|sctp):\/\//;

/**
 * Did Kubernetes set this variable? A service called `admin` in the same namespace brings `ADMIN_SERVICE_HOST` into each
 * container, and `ADMIN_PORT=tcp://10.0.0.1:80`.
 */
export function isInjected(name: string, value: unknown): boolean {
  return SERVICE.test(name) || (name.endsWith('_PORT') && SERVICE_URL.test(String(value)));
}

/**
 * The variables whose names begin as known ones do, up to the first `_`, and are not known. Empty ones, and those that
 * Kubernetes sets, do not count.
 *
 * @param environment variables by name
 * @param known names
 * @returns by name, the known name that was probably meant, within two edits; `undefined` when no known name is near
 */
export function findUnknown(
  environment: Record<string, unknown>,
  known: readonly string[],
): Map<string, string | undefined> {
  const prefixes = new Set(known.map(prefixOf).filter(Boolean));
  const unknown = Object.entries(environment).filter(
    ([name, value]) => value && prefixes.has(prefixOf(name)) && !known.includes(name) && !isInjected(name, value),
  );
  return new Map(
    unknown.map(([name]) => [
      name,
      nearestName(
        name,
        known.filter((other) => editDistance(name, other) <= MAX_EDITS),
      ),
    ]),
  );
}

/** The beginning of a name with its first `_`; `''` when it has none: then it says nothing about whose variable it is. */
function prefixOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1);
}
