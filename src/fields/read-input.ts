import { jsonBody } from '../json/json-body.js';
import { OAuthError, type Fault } from '../oauth-error/oauth-error.js';
import { faultsOf, fieldsOf, oncePerClass, type Field } from './field.js';
import { taggedField, withCanonicalTags } from './language-tags.js';
import { requireRules, type Rule } from './rule.js';
import { unknownWithin, type ReadOptions } from './unknown-members.js';

/**
 * Reads a body into an input class, and validates it. Unset members get their defaults; {@link unknownWithin} decides on members
 * that `type` does not declare.
 *
 * @param body bytes or text of a JSON object, or a parsed one; `null` means an empty object
 * @param rules rules across members; those that read an invalid member are skipped
 * @throws OAuthError 400 `invalid_request` when the body is not an object; otherwise the error of the class, with every fault: see `BodyClass`
 */
export async function readInput<T extends object>(
  type: new () => T,
  body: unknown,
  rules: readonly Rule<T>[] = [],
  options: ReadOptions = {},
): Promise<T> {
  return readMembers(type, membersOf(type, body), rules, options);
}

/** As {@link readInput}, for a body that {@link membersOf} has read. */
export async function readMembers<T extends object>(
  type: new () => T,
  members: Record<string, unknown>,
  rules: readonly Rule<T>[] = [],
  options: ReadOptions = {},
): Promise<T> {
  const fields = fieldsOf(type);
  const { members: kept, faults: tagFaults } = withCanonicalTags(fields, members);
  const tagged = Object.keys(kept).flatMap((name) => taggedField(fields, name) ?? []);
  const given = givenMembers([...fields, ...tagged], kept);
  const faults = [
    ...unknownWithin(type, members, options),
    ...tagFaults,
    ...fieldFaults(type, given, fields),
    ...tagged.flatMap((field) => faultsOf(field, kept[field.name] ?? '')),
  ];
  // Unset members keep their initial values.
  const input = Object.assign(new type(), given);
  const faulty = new Set(faults.map(({ pointer }) => pointer.split('/')[1]));
  await requireRules(
    type,
    input,
    rules.filter(({ reads }) => !reads.some((name) => faulty.has(String(name)))),
    faults,
  );
  return input;
}

/**
 * Returns the members of a body; those that `type` declares with `keepsText` are kept as text.
 *
 * @param body as for {@link readInput}
 * @throws OAuthError 400 `invalid_request` when it is not an object
 */
export function membersOf(type: new () => object, body: unknown): Record<string, unknown> {
  const members = jsonBody(body, keptAsText(type)) ?? {};
  if (typeof members === 'object' && !Array.isArray(members)) return members as Record<string, unknown>;
  throw OAuthError.invalidRequest('The body must be a JSON object.');
}

const keptAsText = oncePerClass((type) => fieldsOf(type).flatMap(({ name, keepsText }) => (keepsText ? [name] : [])));

/** Whether a body has a value for a field. */
export function isGiven({ name, blankIsUnset, keepsText }: Field, members: Record<string, unknown>): boolean {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return !(value === undefined || (value === null && !keepsText) || (value === '' && blankIsUnset));
}

/** Returns the given members, normalised. */
function givenMembers(fields: readonly Field[], members: Record<string, unknown>): Record<string, unknown> {
  const given = fields
    .filter((field) => isGiven(field, members))
    .map(({ name, normalise }) => [name, normalise ? normalise(members[name]) : members[name]] as const);
  return Object.fromEntries(given);
}

/** Returns the faults of the given members, and of missing members that are required. */
function fieldFaults(type: new () => object, given: Record<string, unknown>, fields: readonly Field[]): Fault[] {
  const unset = unsetFaults(type);
  return fields.flatMap((field) =>
    Object.hasOwn(given, field.name) ? faultsOf(field, given[field.name]) : (unset.get(field) ?? []),
  );
}

/** Returns the faults of initial values, by field: such a member is required. All other initial values are valid. */
const unsetFaults = oncePerClass((type: new () => object): ReadonlyMap<Field, Fault[]> => {
  const initial = new type() as Record<string, unknown>;
  const faulty = fieldsOf(type)
    .map((field) => [field, faultsOf(field, initial[field.name])] as const)
    .filter(([, faults]) => faults.length > 0);
  return new Map(faulty);
});
