import { ApiPropertyOptional } from '@nestjs/swagger';
import type { Declared } from './field.js';

const SERVER_OWNED = Symbol('server-owned members');

/** A member that only the registry sets. */
export interface ServerOwnedMember {
  name: string;
  /** Which answers show it: all, one and no later one, or those about something that has it. */
  shown: 'always' | 'once' | 'sometimes';
}

/** What can be told of such a member. */
interface ServerOwnedOptions extends Partial<Pick<ServerOwnedMember, 'shown'>> {
  format?: string;
  /** Class of its value. Default a text. */
  type?: new () => object;
}

/** The members of `type` that only the registry sets. */
export function serverOwnedOf(type: Declared): ServerOwnedMember[] {
  return (Reflect.getOwnMetadata(SERVER_OWNED, type) ?? []) as ServerOwnedMember[];
}

/** A member that only the registry sets: what a caller sends for it is ignored. It is always shown, unless told otherwise. */
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
