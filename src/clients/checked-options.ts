import { validateSync } from 'class-validator';

/** A module of the registry was imported with wrong options; the message names each one and says what it must be. */
export class ClientsOptionsError extends Error {}

/**
 * Checks the given options against the validators of `defaults`, and fills in the missing ones.
 *
 * @param defaults an instance of a class with initialisers; an option that is itself such an instance is a group of options
 * @param given the options as the application passed them; `undefined` means none
 * @param module name of the module that has the options. Default `ClientsModule`
 * @returns `defaults`, with the given options assigned to it
 * @throws ClientsOptionsError with every fault
 */
export function withDefaults<T extends object>(defaults: T, given: unknown, module = 'ClientsModule'): T {
  const faults = assign(defaults, given, '');
  if (faults.length > 0) throw new ClientsOptionsError(`Options of ${module}: ${faults.join('; ')}.`);
  return defaults;
}

/** Assigns the given options to `target`, group by group, and returns their faults. */
function assign(target: object, given: unknown, path: string): string[] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [`${path.slice(0, -1) || 'they'} must be an object`];
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(target, name));
  const groups = Object.keys(target).flatMap((name) => {
    const current: unknown = (target as Record<string, unknown>)[name];
    // Read by name, not from the entries: `given` may be an instance of a class with accessors.
    const value: unknown = (given as Record<string, unknown>)[name];
    if (isGroup(current)) return assign(current, value, `${path}${name}.`);
    if (value !== undefined) Object.assign(target, { [name]: value });
    return [];
  });
  const wrong = validateSync(target).map(
    ({ property, constraints = {} }) => `${path}${property} ${Object.values(constraints)[0]}`,
  );
  return [...unknown.map((name) => `unknown option ${path}${name}`), ...groups, ...wrong];
}

/** Whether the value is an instance of a class of options. Plain objects and everything else are single values. */
function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value.constructor !== Object;
}
