import { httpsUrlFault } from '../../fields/web-url.js';
import { keyKindFault, keySetShapeFault, keysOf } from '../../clients/metadata/values/key-set.js';
import { objectAt, textsAt, type Note } from './policy-values.js';

/** An issuer that vouches for software by signed statements (RFC 7591 §2.3). */
export interface StatementIssuer {
  /** The `iss` of its statements, compared character by character. */
  issuer: string;
  /** Its public keys, as a JWK Set (RFC 7517 §5); excludes `jwksUri`. */
  jwks?: object;
  /** https URL of its JWK Set, as a client's `jwks_uri`: fetched from public addresses only, and cached for at most an hour. */
  jwksUri?: string;
  /** Names of this registry or of its authorization server: statements with an `aud` must name one. Default none: they must have no `aud`. */
  audience?: readonly string[];
}

const MEMBERS = new Set<string>(['issuer', 'jwks', 'jwksUri', 'audience'] satisfies (keyof StatementIssuer)[]);

/** Reads the issuers of a policy; notes what is wrong with them. */
export function readIssuers(given: unknown, place: string, note: Note): StatementIssuer[] {
  if (!Array.isArray(given)) {
    note(place, 'must be a list of issuers');
    return [];
  }
  const issuers = given.flatMap((entry, at) => readIssuer(entry, `${place}[${at}]`, note) ?? []);
  const twice = issuers.find(({ issuer }, at) => issuers.findIndex((other) => other.issuer === issuer) < at);
  if (twice) note(place, `must not have ${twice.issuer} twice`);
  return issuers;
}

function readIssuer(entry: unknown, place: string, note: Note): StatementIssuer | undefined {
  const given = objectAt(entry, place, note);
  if (!given) return undefined;
  for (const name of Object.keys(given)) if (!MEMBERS.has(name)) note(`${place}.${name}`, 'is unknown: leave it out');
  const { issuer, jwks, jwksUri, audience = [] } = given;
  if (typeof issuer !== 'string' || issuer === '') note(`${place}.issuer`, 'must be the iss of its statements');
  const names = textsAt(audience, `${place}.audience`, note);
  if ((jwks === undefined) === (jwksUri === undefined)) note(place, 'must have one of jwks and jwksUri');
  if (jwks !== undefined) noteKeys(jwks, `${place}.jwks`, note);
  if (jwksUri !== undefined) {
    const fault = typeof jwksUri === 'string' ? httpsUrlFault(jwksUri) : 'must be an https URL';
    if (fault !== undefined) note(`${place}.jwksUri`, fault);
  }
  return { issuer: String(issuer), jwks: jwks as object, jwksUri: jwksUri as string, audience: names };
}

/** Notes what is wrong with a JWK Set. */
function noteKeys(jwks: unknown, place: string, note: Note): void {
  const shape = keySetShapeFault(jwks);
  if (shape !== undefined) note(place, shape);
  else if (keysOf(jwks as object).length === 0) note(place, 'must have at least one key');
  else
    for (const [at, key] of keysOf(jwks as object).entries()) {
      const fault = keyKindFault(key);
      if (fault !== undefined) note(`${place}.keys[${at}]`, fault);
    }
}
