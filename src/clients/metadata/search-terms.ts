import { createHash } from 'node:crypto';
import { ClientMetadata, METADATA_FIELDS, valueOf } from './client-metadata.js';
import type { RegisteredVia } from './origin/registered-via.js';
import { SUSPENDED, termKindOf, type TermKind } from './search-kinds.js';

/** Longest term, in characters: index entries have a size limit (2.7 KB on PostgreSQL). */
export const TERM_MAX_LENGTH = 255;

/** The members by whose entries a client is found. */
const FOUND_BY = METADATA_FIELDS.flatMap((field) => {
  const kind = termKindOf(ClientMetadata, field.name);
  return kind ? [{ field, kind }] : [];
});

/** A value by which a client is found. */
export interface Term {
  kind: TermKind;
  value: string;
}

/** What is found of a client beside its metadata, as in its row. */
interface Found {
  id: string;
  suspended: string | null;
  registeredVia: string | null;
}

/**
 * The terms by which a client is found, each once.
 *
 * @param client its `client_id`, whose words are terms too, its suspension, `null` unless it is suspended, and where it comes from
 * @param metadata the metadata of the client
 */
export function termsOf({ id, suspended, registeredVia }: Found, metadata: ClientMetadata): Term[] {
  const lists = FOUND_BY.flatMap(({ field, kind }) =>
    (valueOf(metadata, field) as string[]).map((value): Term => ({ kind, value: termValue(value) })),
  );
  const scopes = metadata.scope
    .split(/\s+/)
    .filter(Boolean)
    .map((value): Term => ({ kind: 'scope', value: termValue(value) }));
  const words = wordsOf([metadata.client_name, metadata.owner, id].join(' ')).map((value): Term => ({
    kind: 'word',
    value,
  }));
  const state: Term[] = suspended === null ? [] : [{ kind: 'state', value: SUSPENDED }];
  return [
    ...new Map(
      [...lists, ...scopes, ...words, ...state, ...originTerms(registeredVia)].map((term) => [
        `${term.kind} ${term.value}`,
        term,
      ]),
    ).values(),
  ];
}

function originTerms(json: string | null): Term[] {
  if (json === null) return [];
  const { type, policy, token } = JSON.parse(json) as RegisteredVia;
  const values: [TermKind, string | undefined][] = [
    ['via', type],
    ['via_policy', policy],
    ['via_token', token],
  ];
  return values.flatMap(([kind, value]): Term[] => (value === undefined ? [] : [{ kind, value: termValue(value) }]));
}

/** A value as the index stores it: a long one as its digest, which is enough for exact look-ups. */
export function termValue(value: string): string {
  return value.length <= TERM_MAX_LENGTH ? value : `sha256:${createHash('sha256').update(value).digest('base64url')}`;
}

/** The words of a text, found by their prefixes: runs of letters and digits in lower case, cut to {@link TERM_MAX_LENGTH}. */
export function wordsOf(text: string): string[] {
  // A final sigma is the same letter as any other, but has a lower-case form of its own.
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
  return (folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => word.slice(0, TERM_MAX_LENGTH).toWellFormed());
}
