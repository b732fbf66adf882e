import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { pointerText, POINTER_EXCERPT_LENGTH } from '../json/json-pointer.js';
import { excerpt, faultAt, type Fault } from '../oauth-error/oauth-error.js';

/** A fault of one value. */
export interface FieldFault {
  /** The index of the entry when the value is a list, followed by the name of its member when the entry is an object. */
  at?: number | readonly (string | number)[];
  detail: string;
}

/** A member of a JSON body, as its decorator declares it; validation and presence are derived from it. */
export interface Field {
  name: string;
  /** Its description in the OpenAPI document. */
  schema: ApiPropertyOptions;
  /** Whether the stored document omits the member while it holds nothing, see {@link holdsNothing}. */
  omitEmpty?: boolean;
  /** Whether `''` in a body means unset. */
  blankIsUnset?: boolean;
  /** Whether the value is, or reveals, a secret: no later response shows it, and no flag of the command line accepts it. */
  isSecret?: boolean;
  /** Whether the value is kept as the text that was sent. Its `null` is a value; for other members `null` means unset. */
  keepsText?: boolean;
  /** Whether the member may occur again with language tags (RFC 7591 §2.2), such as `client_name#de`. */
  takesTags?: boolean;
  /** The standards' default, which dynamic registration shows while the member holds nothing (RFC 7591 §3.2.1). Default none: it is omitted. */
  standardDefault?: unknown;
  /** A value with the same meaning as an unset member: dynamic registration omits the member. */
  saysNothing?: string;
  /** Returns the form in which a given value is checked and stored. Default as it was sent. */
  normalise?: (value: unknown) => unknown;
  /** The class of the entries when the value is a list of objects: it declares their members. */
  entries?: new () => object;
  /** Returns every fault of a given value; none when the value is valid. */
  check: (value: unknown) => FieldFault[];
}

/** Options of every decorator of a field. */
export interface Presence extends Pick<
  Field,
  'omitEmpty' | 'isSecret' | 'takesTags' | 'standardDefault' | 'saysNothing'
> {
  /** Shown in Swagger. */
  example?: unknown;
}

/** A class whose members are declared by decorators. */
export type Declared = abstract new () => object;

const FIELDS = Symbol('fields');

/**
 * Computes a value from the declarations of a class, once per class: all decorators of a class have run before it can be used.
 *
 * @param make computes the value
 */
export function oncePerClass<Class extends Declared, T extends object>(make: (type: Class) => T): (type: Class) => T {
  const known = new WeakMap<Class, T>();
  return (type) => {
    const made = known.get(type) ?? make(type);
    known.set(type, made);
    return made;
  };
}

/** Returns the fields that `type` and its parents declare, those of a subclass before those of its parent. */
export const fieldsOf = oncePerClass((type: Declared): readonly Field[] => {
  const own = (Reflect.getOwnMetadata(FIELDS, type) ?? []) as Field[];
  const parent = Object.getPrototypeOf(type) as Declared | null;
  return parent && parent !== Function.prototype ? [...own, ...fieldsOf(parent)] : own;
});

/**
 * Returns the field that `type` or one of its parents declares for a member.
 *
 * @throws Error when the member has no field
 */
export function fieldOf<T extends object>(type: abstract new () => T, name: string & keyof T): Field {
  const field = fieldsOf(type).find((declared) => declared.name === name);
  if (!field) throw new Error(`${type.name}.${name} has no field decorator.`);
  return field;
}

/** Returns the faults of one value of a field. */
export function faultsOf({ name, check }: Field, value: unknown): Fault[] {
  return check(value).map(({ at, detail }) => faultAt([name, ...[at ?? []].flat()], detail));
}

/** Declares a field. The schema shows the initial value as the default, unless it is `''`, which means unset. */
export function declareField(field: Omit<Field, 'name' | 'schema'>, schema: ApiPropertyOptions): PropertyDecorator {
  return (target, property) => {
    const name = String(property);
    const type = target.constructor as new () => Record<string, unknown>;
    const own = (Reflect.getOwnMetadata(FIELDS, type) ?? []) as Field[];
    Reflect.defineMetadata(FIELDS, [...own, { ...field, name, schema }], type);
    const initial = new type()[name];
    ApiPropertyOptional({ ...schema, ...(initial !== '' && { default: initial }) })(target, property);
    ValidateBy({
      name,
      validator: {
        validate: (value) => field.check(value).length === 0,
        defaultMessage: (args) => field.check(args?.value)[0]?.detail ?? '',
      },
    })(target, property);
  };
}

/** Place of an object in a body: the list and the index of the entry; empty for the body itself. */
export type Place = readonly [] | readonly [list: string, at: number];

/**
 * Returns the fault of a member under a name that the caller chose.
 *
 * @param place place of the object that has the member. Default: it is the body
 */
export function faultOfName(name: string, text: string, place: Place = []): Fault {
  const [list, at] = place;
  const within = list === undefined ? '' : `${list}[${at}].`;
  return {
    pointer: pointerText([...place.map(String), excerpt(name, POINTER_EXCERPT_LENGTH)]),
    detail: `${within}${excerpt(name)} ${text}.`,
  };
}

/** Whether a member holds nothing: `''`, `false`, `null` or an empty list. */
export function holdsNothing(value: unknown): boolean {
  return value === '' || value === false || value === null || (Array.isArray(value) && value.length === 0);
}

/** Returns the fault of a value that has at most one, as a list. */
export function oneFault(detail: string | undefined): FieldFault[] {
  return detail === undefined ? [] : [{ detail }];
}
