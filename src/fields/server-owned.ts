import { ApiPropertyOptional } from '@nestjs/swagger';
import type { Declared } from './field.js';

const SERVER_OWNED = Symbol('server-owned members');

/** A member that only the registry sets. */
export interface ServerOwnedMember {
  name: string;
  /** Which responses show it: all, a single one, or those about an object that has it. */
  shown: 'always' | 'once' | 'sometimes';
}

/** Options of such a member. */
interface ServerOwnedOptions extends Partial<Pick<ServerOwnedMember, 'shown'>> {
  format?: string;
  /** Class of its value. Default: a text. */
  type?: new () => object;
}

/** Returns the members of `type` that only the registry sets. */
export function serverOwnedOf(type: Declared): ServerOwnedMember[] {
  return (Reflect.getOwnMetadata(SERVER_OWNED, type) ?? []) as ServerOwnedMember[];
}

/** Declares a member that only the registry sets: a value that a caller sends is ignored. By default, all responses show it. */
export function ServerOwned(
  description: string,
  { format, shown = 'always', type: ofValue = String }: ServerOwnedOptions,
): PropertyDecorator {
  return (target, property) => {
    const type = target.constructor as Declared;
    Reflect.defineMetadata(SERVER_OWNED, [...serverOwnedOf(type), { name: String(property), shown }], type);
    ApiPropertyOptional({ description, type: ofValue, format, readOnly: true })(target, property);
  };
}
