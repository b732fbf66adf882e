import { createHash } from 'node:crypto';
import { METADATA_FIELDS, valueOf, type ClientMetadata } from './client-metadata.js';
import type { TermKind } from './client-metadata.fields.js';

/** Longest term, in characters: index entries have a size limit (2.7 KB on PostgreSQL). */
export const TERM_MAX_LENGTH = 255;

/** A searchable value of a client. */
export interface Term {
  kind: TermKind;
  value: string;
}

/**
 * The terms that make a client searchable, each once.
 *
 * @param id the `client_id`, whose words are found too
 * @param metadata the client's
 */
export function termsOf(id: string, metadata: ClientMetadata): Term[] {
  const lists = METADATA_FIELDS.flatMap((field) => {
    const { term: kind } = field;
    return kind ? (valueOf(metadata, field) as string[]).map((value) => ({ kind, value: termValue(value) })) : [];
  });
  const scopes = metadata.scope
    .split(/\s+/)
    .filter(Boolean)
    .map((value): Term => ({ kind: 'scope', value: termValue(value) }));
  const words = wordsOf([metadata.client_name, metadata.owner, id].join(' ')).map((value): Term => ({
    kind: 'word',
    value,
  }));
  return [...new Map([...lists, ...scopes, ...words].map((term) => [`${term.kind} ${term.value}`, term])).values()];
}

/** A value as the index holds it: a long one as its digest, since look-ups of it are exact. */
export function termValue(value: string): string {
  return value.length <= TERM_MAX_LENGTH ? value : `sha256:${createHash('sha256').update(value).digest('base64url')}`;
}

/** The words that a search finds by their beginnings: runs of letters and digits in lower case, cut to the index. */
export function wordsOf(text: string): string[] {
  // The last sigma of a word has another form in lower case, and is the same letter.
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
  return (folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => word.slice(0, TERM_MAX_LENGTH).toWellFormed());
}
