import { faultOfName, type Field } from './field.js';
import type { Fault } from '../oauth-error/oauth-error.js';

/** Most members with language tags in one body. */
export const MAX_TAGGED = 100;
const TOO_MANY = `is one too many: send at most ${MAX_TAGGED} members with language tags`;
/** Longest language tag, in characters: what programs must be able to keep (RFC 5646 §4.4.1). */
const MAX_TAG = 35;
/** Language, script, region, variants, extensions and private use, or that alone (RFC 5646 §2.1). */
const TAG =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+)$/i;

/** The members of a body, with those that have language tags as they are kept. */
export interface TaggedMembers<V> {
  members: Record<string, V>;
  /** What is wrong with language tags. */
  faults: Fault[];
}

/**
 * The field of a member with a language tag (RFC 7591 §2.2), such as `client_name#ja-Hani-JP`. Its name has the tag as RFC 5646 §2.1.1
 * writes it: tags that differ only by case are the same.
 *
 * @param fields fields of members without tags
 * @returns `undefined` when no field takes tags under this name, and when its tag is none
 */
export function taggedField(fields: readonly Field[], name: string): Field | undefined {
  const { field, tag } = taggedPart(fields, name) ?? {};
  if (field === undefined || tag === undefined || !isLanguageTag(tag)) return undefined;
  return { ...field, name: `${field.name}#${canonicalTag(tag)}`, omitEmpty: true };
}

/** Is it a member that takes language tags, with one behind it, right or wrong? */
export function isTagged(fields: readonly Field[], name: string): boolean {
  return taggedPart(fields, name) !== undefined;
}

/** Gives members with language tags the names under which they are kept. Those without a right tag keep theirs. */
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

/** What is wrong with a member that has this name, as the end of a sentence. */
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

/** RFC 5646 §2.1.1: regions in upper case, scripts with a capital, all else in lower case, as behind a subtag of one character. */
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
