/**
 * Kind of a search term. `word` is a lower-cased word of the name, the owner or the id; `state` is {@link SUSPENDED}; `via`, `via_policy`
 * and `via_token` say where the client comes from; the other kinds are values of metadata members.
 */
export type TermKind =
  'grant_type' | 'response_type' | 'scope' | 'redirect_uri' | 'word' | 'state' | 'via' | 'via_policy' | 'via_token';

/** The `state` of a client that is suspended. */
export const SUSPENDED = 'suspended';

const KIND = Symbol('kind of the search terms');

/** Makes each entry of this member, a list, a search term of the client. */
export function FoundBy(kind: TermKind): PropertyDecorator {
  return Reflect.metadata(KIND, kind);
}

/** Returns the kind of the search terms that the entries of a member become; `undefined` when they become none. */
export function termKindOf(type: abstract new () => object, member: string): TermKind | undefined {
  return Reflect.getMetadata(KIND, type.prototype as object, member) as TermKind | undefined;
}
