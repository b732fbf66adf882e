/**
 * What a search term is a value of; `word` is a lower-cased word of the name, the owner or the id, `state` is {@link SUSPENDED}, and
 * `via`, `via_policy` and `via_token` are where the client comes from.
 */
export type TermKind =
  'grant_type' | 'response_type' | 'scope' | 'redirect_uri' | 'word' | 'state' | 'via' | 'via_policy' | 'via_token';

/** The `state` of a client that is suspended. */
export const SUSPENDED = 'suspended';

const KIND = Symbol('kind of the search terms');

/** A client is found by each entry of this member, a list. */
export function FoundBy(kind: TermKind): PropertyDecorator {
  return Reflect.metadata(KIND, kind);
}

/** Kind of the search terms that the entries of a member make; `undefined` when it makes none. */
export function termKindOf(type: abstract new () => object, member: string): TermKind | undefined {
  return Reflect.getMetadata(KIND, type.prototype as object, member) as TermKind | undefined;
}
