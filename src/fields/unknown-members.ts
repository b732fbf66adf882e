import { nearestName } from '../oauth-error/nearest-name.js';
import type { Fault } from '../oauth-error/oauth-error.js';
import { traitsOf } from './body-class.decorator.js';
import { faultOfName, fieldsOf, oncePerClass, type Field, type Place } from './field.js';
import { isTagged } from './language-tags.js';

/** How a body is validated. */
export interface ReadOptions {
  /** Whether unknown members are faults. Default false: they are ignored, unless they differ from known ones only by case. */
  strict?: boolean;
}

/** Most unknown members that an error names. */
const NAMED_MAX = 20;

/** The members that a body of one class may contain. */
class KnownMembers {
  private readonly names: ReadonlySet<string>;
  private readonly byLowerCase: ReadonlyMap<string, string>;
  private readonly longest: number;

  readonly settable: readonly string[];

  /**
   * @param fields the members that a caller may set
   * @param ignored names of further members that a body may contain, and that are not read
   */
  constructor(
    private readonly fields: readonly Field[],
    ignored: readonly string[],
  ) {
    this.settable = fields.map(({ name }) => name);
    const names = [...this.settable, ...ignored];
    this.names = new Set(names);
    this.byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
    this.longest = Math.max(...names.map(({ length }) => length));
  }

  /** Whether a member has one of the names, or one with a language tag. */
  has(name: string): boolean {
    return this.names.has(name) || isTagged(this.fields, name);
  }

  /** Returns the member whose name equals `name` when case is ignored. */
  inOtherCase(name: string): string | undefined {
    return name.length > this.longest ? undefined : this.byLowerCase.get(name.toLowerCase());
  }
}

/** The members that a body of a class may contain. */
const knownOf = oncePerClass((type) => new KnownMembers(fieldsOf(type), traitsOf(type).ignores()));

/** The lists of objects that a body of a class may contain: their names, and the classes of their entries. */
const listsOf = oncePerClass((type) =>
  fieldsOf(type).flatMap(({ name, entries }) => (entries ? [{ name, entries }] : [])),
);

/** The name of a member without its language tag (RFC 7591 §2.2): `client_name` for `client_name#ja-Jpan`. */
function untagged(name: string): string {
  return name.replace(/#[a-z0-9-]+$/i, '');
}

/**
 * Returns the faults of members that `type` does not have. A name that differs from a known one only by case was meant to be that
 * one, so it is always a fault; other unknown members are faults only if the caller asks for it, and are otherwise ignored.
 *
 * @param names names of the members of the object
 * @param place place of the object in the body. Default: it is the body
 * @returns at most 20 faults, each with the member that was probably meant
 */
export function unknownMembers(
  type: new () => object,
  names: readonly string[],
  { strict = false }: ReadOptions,
  place: Place = [],
): Fault[] {
  const known = knownOf(type);
  const faults: Fault[] = [];
  for (const name of names) {
    if (faults.length === NAMED_MAX) break;
    if (known.has(name)) continue;
    const plain = untagged(name);
    const meant = known.inOtherCase(plain);
    if (meant !== undefined && meant !== plain)
      faults.push(faultOfName(name, `differs from ${meant} only by case: write ${meant}`, place));
    else if (strict) faults.push(faultOfName(name, adviceOn(plain, known.settable), place));
  }
  return faults;
}

/** As {@link unknownMembers}, for a body and the objects in those of its lists that declare `Field.entries`. */
export function unknownWithin(
  type: new () => object,
  members: Readonly<Record<string, unknown>>,
  options: ReadOptions,
): Fault[] {
  const inLists = listsOf(type).flatMap(({ name, entries }) =>
    objectsIn(members[name]).flatMap(([at, names]) => unknownMembers(entries, names, options, [name, at])),
  );
  return [...unknownMembers(type, Object.keys(members), options), ...inLists].slice(0, NAMED_MAX);
}

/** Returns the objects in a list, each as its index and the names of its members; none when the value is not a list. */
function objectsIn(list: unknown): [at: number, names: string[]][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, at) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? [[at, Object.keys(entry)]] : [],
  );
}

function adviceOn(name: string, settable: readonly string[]): string {
  const nearest = nearestName(name, settable);
  return nearest === undefined
    ? 'is not a known member: leave it out'
    : `is not a known member: use ${nearest}, or leave it out`;
}
