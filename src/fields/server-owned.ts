import { ApiPropertyOptional } from '@nestjs/swagger';
import type { Declared } from './field.js';

const SERVER_OWNED = Symbol('server-owned members');

/** A member that only the registry sets. */
export interface ServerOwnedMember {
  name: string;
  /** One answer shows it, and no later one. */
  isShownOnce: boolean;
}

/** The members of `type` that only the registry sets. */
export function serverOwnedOf(type: Declared): ServerOwnedMember[] {
  return (Reflect.getOwnMetadata(SERVER_OWNED, type) ?? []) as ServerOwnedMember[];
}

/** A text that only the registry sets: what a caller sends for it is ignored. */
export function ServerOwned(
  description: string,
  { format, isShownOnce = false }: { format?: string; isShownOnce?: boolean },
): PropertyDecorator {
  return (target, property) => {
    const type = target.constructor as Declared;
    Reflect.defineMetadata(SERVER_OWNED, [...serverOwnedOf(type), { name: String(property), isShownOnce }], type);
    ApiPropertyOptional({ description, type: String, format, readOnly: true })(target, property);
  };
}
