import { parseOrUndefined } from '../../json/json-text.js';
import { isOwner } from '../ownership.js';
import type { Principal } from '../principal.js';
import { ALL_SCOPES, type Scope } from '../scopes.js';
import { keyOf, NAME_KINDS } from './certificate-names.js';

/** The principals that have certificates, by the key of a certificate's name, see `keyOf`. */
export type CertifiedPrincipals = ReadonlyMap<string, Principal>;

/** The members of an entry, which has exactly one of the names. */
const MEMBERS = new Set<string>([...NAME_KINDS, 'name', 'scopes', 'owner']);

type Entry = Record<string, unknown>;

/**
 * Reads the principals that have certificates.
 *
 * @param text a JSON array with one object for each name of a certificate:
 *   `{ "uri": "spiffe://example.org/ci", "name": "CI", "scopes": ["clients:read"], "owner": "team-a" }`; `subject`, `dns` or
 *   `email` may replace `uri`, and `name` and `owner` are optional
 * @throws Error whose message completes "ADMIN_MTLS_PRINCIPALS …" and says what to correct
 */
export function readPrincipals(text: string): CertifiedPrincipals {
  const entries = parseOrUndefined(text);
  if (!Array.isArray(entries) || entries.length === 0) throw new Error('must name a file with a JSON array of objects');
  const principals = new Map<string, Principal>();
  for (const [at, entry] of (entries as unknown[]).entries()) {
    const fail = (fault: string): never => {
      throw new Error(`[${at}] ${fault}`);
    };
    if (typeof entry !== 'object' || entry === null) fail('must be an object');
    const [key, principal] = principalIn(entry as Entry, fail);
    if (principals.has(key)) fail('names the same certificate as an entry before');
    principals.set(key, principal);
  }
  const all = [...principals.values()];
  const free = all.findIndex(({ owner, scopes }) => owner === undefined && !scopes?.includes('owners:all'));
  if (free >= 0 && all.some(({ owner }) => owner !== undefined))
    throw new Error(`[${free}] must have an owner, since others have one, or the scope owners:all`);
  return principals;
}

/** Returns the key and the principal of an entry. */
function principalIn(entry: Entry, fail: (fault: string) => never): [string, Principal] {
  const unknown = Object.keys(entry).find((member) => !MEMBERS.has(member));
  if (unknown !== undefined) fail(`has an unknown member: ${unknown}`);
  const [kind, ...others] = NAME_KINDS.filter((member) => entry[member] !== undefined);
  if (kind === undefined || others.length > 0) return fail(`must have one of ${NAME_KINDS.join(', ')}`);
  const certificate = entry[kind];
  const key = typeof certificate === 'string' ? keyOf(kind, certificate) : undefined;
  if (!key || !isOwner(certificate))
    return fail(
      kind === 'subject' ? 'must have a subject such as CN=deployer,O=Example' : `must have a text as ${kind}`,
    );
  const id = `${kind}:${certificate}`;
  const { name = id, scopes, owner } = entry;
  if (typeof name !== 'string' || name === '') fail('must have a text as name');
  if (owner !== undefined && !isOwner(owner)) fail('must have a text as owner');
  if (!Array.isArray(scopes) || !scopes.every((scope) => ALL_SCOPES.includes(scope as Scope)))
    fail(`must have a list of scopes, of ${ALL_SCOPES.join(', ')}`);
  const principal = { type: 'mtls', id, name, scopes: scopes as Scope[] } as const;
  return [key, owner === undefined ? principal : { ...principal, owner }];
}
