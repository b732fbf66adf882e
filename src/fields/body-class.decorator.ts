import { OAuthError, type Fault } from '../oauth-error/oauth-error.js';
import type { Declared } from './field.js';

/** What holds for all bodies of a class, beside its fields. */
interface BodyTraits {
  /** Names of members that a body may have and that nobody reads: see {@link unknownMembers}. Default none. */
  ignores: () => readonly string[];
  /** The error of a body with faults. Default `invalid_client_metadata` or `invalid_redirect_uri` (RFC 7591 §3.2.2). */
  refuse: (faults: readonly [Fault, ...Fault[]]) => OAuthError;
}

const TRAITS = Symbol('traits of a body');
const DEFAULTS: BodyTraits = { ignores: () => [], refuse: (faults) => OAuthError.invalidMetadata(faults) };

/** Says what holds for the bodies of a class. It does not hold for those of its subclasses. */
export function BodyClass(traits: Partial<BodyTraits>): ClassDecorator {
  return (type) => Reflect.defineMetadata(TRAITS, { ...DEFAULTS, ...traits }, type);
}

/** What holds for the bodies of a class. */
export function traitsOf(type: Declared): BodyTraits {
  return (Reflect.getOwnMetadata(TRAITS, type) ?? DEFAULTS) as BodyTraits;
}
