import { createHash } from 'node:crypto';
import { ClientMetadata, METADATA_FIELDS, valueOf } from './client-metadata.js';
import type { RegisteredVia } from './origin/registered-via.js';
import { SUSPENDED, termKindOf, type TermKind } from './search-kinds.js';

/** Maximum length of a term, in characters: index entries have a size limit (2.7 KB on PostgreSQL). */
export const TERM_MAX_LENGTH = 255;

/** The members whose entries are search terms. */
const FOUND_BY = METADATA_FIELDS.flatMap((field) => {
  const kind = termKindOf(ClientMetadata, field.name);
  return kind ? [{ field, kind }] : [];
});

/** A value by which a client is found. */
export interface Term {
  kind: TermKind;
  value: string;
}

/** The columns of a client that become search terms in addition to its metadata. */
interface Found {
  id: string;
  suspended: string | null;
  registeredVia: string | null;
}

/**
 * Returns the terms by which a client is found, without duplicates.
 *
 * @param client its `client_id`, whose words are terms too; its suspension, `null` unless it is suspended; and where it comes from
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

/** Returns a value as the index stores it: a long one as its digest, which is enough for exact lookups. */
export function termValue(value: string): string {
  return value.length <= TERM_MAX_LENGTH ? value : `sha256:${createHash('sha256').update(value).digest('base64url')}`;
}

/** Returns the words of a text for prefix searches: runs of letters and digits in lower case, cut to {@link TERM_MAX_LENGTH}. */
export function wordsOf(text: string): string[] {
  // A final sigma is the same letter as any other sigma, but has its own lower-case form.
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
  return (folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => word.slice(0, TERM_MAX_LENGTH).toWellFormed());
}
