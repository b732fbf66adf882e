import { validateSync } from 'class-validator';

/** The module can not start as it was imported: the message names each option that is wrong, and says what it must be. */
export class ClientsOptionsError extends Error {}

/**
 * Checks what is given against the validators of `defaults`, and fills in what it leaves out.
 *
 * @param defaults an instance of a class with initialisers; an option that is such an instance itself is a group of options
 * @throws ClientsOptionsError
 */
export function withDefaults<T extends object>(defaults: T, given: unknown): T {
  const faults = assign(defaults, given, '');
  if (faults.length > 0) throw new ClientsOptionsError(`Options of ClientsModule: ${faults.join('; ')}.`);
  return defaults;
}

/** Assigns what is given to `target`, one group within another, and tells what is wrong with it. */
function assign(target: object, given: unknown, path: string): string[] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [`${path.slice(0, -1) || 'they'} must be an object`];
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(target, name));
  // By name: an instance of a class may have them as accessors.
  const groups = Object.keys(target).flatMap((name) => {
    const [current, value] = [target, given].map((options: object) => options[name as never] as unknown);
    if (isGroup(current)) return assign(current, value, `${path}${name}.`);
    if (value !== undefined) Object.assign(target, { [name]: value });
    return [];
  });
  const wrong = validateSync(target).map(
    ({ property, constraints = {} }) => `${path}${property} ${Object.values(constraints)[0]}`,
  );
  return [...unknown.map((name) => `${path}${name} is no option`), ...groups, ...wrong];
}

/** Options stand in instances of classes; everything else that is given is a value. */
function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value.constructor !== Object;
}
