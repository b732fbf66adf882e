import { editDistance, nearestName } from '../../oauth-error/nearest-name.js';

/** Most edits by which an unknown name may differ from a known one and still count as mistyped, not as another program's variable. */
const MAX_EDITS = 2;
/** Shortest name without a known beginning that is compared; shorter ones are near too many names of other programs. */
const MIN_LENGTH = 8;
/** Length from which a name without a known beginning may be two edits away instead of one. */
const LONG = 12;
/** Names of the variables by which Kubernetes, and Docker before it, tell a container about a service. */
const SERVICE = /_SERVICE_|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/;
const SERVICE_URL = /^(tcp|udp|sctp):\/\//;

/**
 * Whether Kubernetes set this variable. A service called `admin` in the same namespace brings `ADMIN_SERVICE_HOST` into each
 * container, and `ADMIN_PORT=tcp://10.0.0.1:80`.
 */
export function isInjected(name: string, value: unknown): boolean {
  return SERVICE.test(name) || (name.endsWith('_PORT') && SERVICE_URL.test(String(value)));
}

/**
 * Finds the variables that look like known ones but are not: their names begin like a known one, up to the first `_`, or are a known one
 * mistyped. Empty variables, and those that Kubernetes sets, are ignored.
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
    ([name, value]) => value && !known.includes(name) && !isInjected(name, value),
  );
  return new Map(
    unknown.flatMap(([name]) => {
      if (prefixes.has(prefixOf(name))) return [[name, nearestName(name, within(MAX_EDITS, name, known))]];
      const [meant, another] = within(name.length < LONG ? 1 : MAX_EDITS, name, known);
      return meant && !another && name.includes('_') && name.length >= MIN_LENGTH ? [[name, meant]] : [];
    }),
  );
}

function within(edits: number, name: string, known: readonly string[]): string[] {
  const near = known.filter((other) => Math.abs(other.length - name.length) <= edits);
  return near.filter((other) => editDistance(name, other) <= edits);
}

/** Returns the beginning of a name through its first `_`; `''` when it has none: the name then does not show whose variable it is. */
function prefixOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1);
}
