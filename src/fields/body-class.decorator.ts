import { OAuthError, type Fault } from '../oauth-error/oauth-error.js';
import type { Declared } from './field.js';

/** Properties of all bodies of a class, apart from its fields. */
interface BodyTraits {
  /** Returns names of members that a body may have but that are not read: see {@link unknownMembers}. Default none. */
  ignores: () => readonly string[];
  /** Returns the error for a body with faults. Default `OAuthError.invalidMetadata` (RFC 7591 §3.2.2). */
  refuse: (faults: readonly [Fault, ...Fault[]]) => OAuthError;
}

const TRAITS = Symbol('traits of a body');
const DEFAULTS: BodyTraits = { ignores: () => [], refuse: (faults) => OAuthError.invalidMetadata(faults) };

/** Declares properties of the bodies of a class. Subclasses do not inherit them. */
export function BodyClass(traits: Partial<BodyTraits>): ClassDecorator {
  return (type) => Reflect.defineMetadata(TRAITS, { ...DEFAULTS, ...traits }, type);
}

/** Returns the properties of the bodies of a class. */
export function traitsOf(type: Declared): BodyTraits {
  return (Reflect.getOwnMetadata(TRAITS, type) ?? DEFAULTS) as BodyTraits;
}
