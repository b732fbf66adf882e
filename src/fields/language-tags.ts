import { faultOfName, type Field } from './field.js';
import type { Fault } from '../oauth-error/oauth-error.js';

/** Most members with language tags in one body. */
export const MAX_TAGGED = 100;
const TOO_MANY = `is one too many: send at most ${MAX_TAGGED} members with language tags`;
/** Longest language tag, in characters: programs must support at least this length (RFC 5646 §4.4.1). */
const MAX_TAG = 35;
/** Language, script, region, variants, extensions and private use, or private use alone (RFC 5646 §2.1). */
const TAG =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+)$/i;

/** The members of a body; those with language tags have the names under which they are stored. */
export interface TaggedMembers<V> {
  members: Record<string, V>;
  /** Faults of language tags. */
  faults: Fault[];
}

/**
 * Returns the field of a member with a language tag (RFC 7591 §2.2), such as `client_name#ja-Hani-JP`. The tag in its name is written as in
 * RFC 5646 §2.1.1: tags that differ only by case are the same.
 *
 * @param fields fields of members without tags
 * @returns `undefined` when no field takes tags under this name, or the tag is not a language tag
 */
export function taggedField(fields: readonly Field[], name: string): Field | undefined {
  const { field, tag } = taggedPart(fields, name) ?? {};
  if (field === undefined || tag === undefined || !isLanguageTag(tag)) return undefined;
  return { ...field, name: `${field.name}#${canonicalTag(tag)}`, omitEmpty: true };
}

/** Whether a name is that of a member that takes language tags, followed by a tag, valid or not. */
export function isTagged(fields: readonly Field[], name: string): boolean {
  return taggedPart(fields, name) !== undefined;
}

/** Renames members with language tags to the names under which they are stored. Members without a valid tag keep their names. */
export function withCanonicalTags<V>(fields: readonly Field[], members: Record<string, V>): TaggedMembers<V> {
  const kept = new Map<string, V>();
  const faults: Fault[] = [];
  let count = 0;
  for (const [name, value] of Object.entries(members)) {
    const known = taggedField(fields, name)?.name ?? name;
    if (isTagged(fields, name)) {
      count += 1;
      const text = count > MAX_TAGGED ? TOO_MANY : tagFault(known, kept.has(known));
      if (text !== undefined) faults.push(faultOfName(name, text));
      if (count > MAX_TAGGED) break;
    }
    kept.set(known, value);
  }
  return { members: Object.fromEntries(kept), faults };
}

/** Returns what is wrong with the name of a tagged member, as the end of a sentence; `undefined` if it is valid. */
function tagFault(known: string, isThere: boolean): string | undefined {
  if (isThere) return `is ${known} once more: language tags that differ only by case are the same`;
  const tag = known.slice(known.indexOf('#') + 1);
  return isLanguageTag(tag) ? undefined : 'must have a language tag behind the #, such as de or ja-Hani-JP';
}

function isLanguageTag(text: string): boolean {
  return text.length <= MAX_TAG && TAG.test(text);
}

function taggedPart(fields: readonly Field[], name: string): { field: Field; tag: string } | undefined {
  const at = name.indexOf('#');
  if (at < 0) return undefined;
  const field = fields.find((declared) => declared.takesTags && declared.name === name.slice(0, at));
  return field && { field, tag: name.slice(at + 1) };
}

/** Writes a tag as in RFC 5646 §2.1.1: regions in upper case, scripts with a capital, everything else, and after a singleton, in lower case. */
function canonicalTag(tag: string): string {
  const subtags = tag.toLowerCase().split('-');
  const single = subtags.findIndex(({ length }) => length === 1);
  return subtags
    .map((subtag, at) => {
      if (at === 0 || (single >= 0 && at > single)) return subtag;
      if (subtag.length === 2) return subtag.toUpperCase();
      return /^[a-z]{4}$/.test(subtag) ? subtag.charAt(0).toUpperCase() + subtag.slice(1) : subtag;
    })
    .join('-');
}
