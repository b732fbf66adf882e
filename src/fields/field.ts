import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { pointerText, POINTER_EXCERPT_LENGTH } from '../json/json-pointer.js';
import { excerpt, faultAt, type Fault } from '../oauth-error/oauth-error.js';

/** What is wrong with one value, as the end of a sentence. */
export interface FieldFault {
  /** The index of the entry when the value is a list, and the name of its member when that is an object. */
  at?: number | readonly (string | number)[];
  detail: string;
}

/** One member of a JSON body, as its decorator declares it: validation and presence are derived from it. */
export interface Field {
  name: string;
  /** How the OpenAPI document describes it. */
  schema: ApiPropertyOptions;
  /** The stored document leaves it out while it holds nothing, see {@link holdsNothing}. */
  omitEmpty?: boolean;
  /** `''` in a body means unset. */
  blankIsUnset?: boolean;
  /** The value is a secret, or tells one: no answer shows it later, and no flag of the command line takes it. */
  isSecret?: boolean;
  /** The value is kept as the text that was sent, and its `null` is a value; of other members `null` means unset. */
  keepsText?: boolean;
  /** It may stand beside itself with language tags (RFC 7591 §2.2), such as `client_name#de`. */
  takesTags?: boolean;
  /** What the standards take while it holds nothing: dynamic registration shows it (RFC 7591 §3.2.1). Default none: it is left out. */
  standardDefault?: unknown;
  /** A value that says no more than an unset member: dynamic registration leaves the member out. */
  saysNothing?: string;
  /** The form in which a given value is checked and kept. Default as it was sent. */
  normalise?: (value: unknown) => unknown;
  /** The value is a list of objects of this class: it says which members they may have. */
  entries?: new () => object;
  /** Every fault of a given value; empty when the value is right. */
  check: (value: unknown) => FieldFault[];
}

/** What every decorator of a field can be told. */
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
 * Makes something of the declarations of a class, once: a class has all of its decorators before anybody can ask.
 *
 * @param make what is made of a class
 */
export function oncePerClass<Class extends Declared, T extends object>(make: (type: Class) => T): (type: Class) => T {
  const known = new WeakMap<Class, T>();
  return (type) => {
    const made = known.get(type) ?? make(type);
    known.set(type, made);
    return made;
  };
}

/** The fields that `type` and its parents declare, those of a subclass before those of its parent. */
export const fieldsOf = oncePerClass((type: Declared): readonly Field[] => {
  const own = (Reflect.getOwnMetadata(FIELDS, type) ?? []) as Field[];
  const parent = Object.getPrototypeOf(type) as Declared | null;
  return parent && parent !== Function.prototype ? [...own, ...fieldsOf(parent)] : own;
});

/**
 * The field that `type` or one of its parents declares for a member.
 *
 * @throws Error when the member has no field
 */
export function fieldOf<T extends object>(type: abstract new () => T, name: string & keyof T): Field {
  const field = fieldsOf(type).find((declared) => declared.name === name);
  if (!field) throw new Error(`${type.name}.${name} has no field decorator.`);
  return field;
}

/** The faults of one value of a field. */
export function faultsOf({ name, check }: Field, value: unknown): Fault[] {
  return check(value).map(({ at, detail }) => faultAt([name, ...[at ?? []].flat()], detail));
}

/** Declares a field. The schema shows the initialiser as the default, unless it is `''`, which means unset. */
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

/** Where an object stands in a body: in which list, and as which of its entries; empty for the body itself. */
export type Place = readonly [] | readonly [list: string, at: number];

/**
 * The fault of a member under a name that the caller chose.
 *
 * @param place of the object whose member it is. Default: it is the body
 */
export function faultOfName(name: string, text: string, place: Place = []): Fault {
  const [list, at] = place;
  const within = list === undefined ? '' : `${list}[${at}].`;
  return {
    pointer: pointerText([...place.map(String), excerpt(name, POINTER_EXCERPT_LENGTH)]),
    detail: `${within}${excerpt(name)} ${text}.`,
  };
}

/** Does a member hold nothing: `''`, `false`, `null` or an empty list? */
export function holdsNothing(value: unknown): boolean {
  return value === '' || value === false || value === null || (Array.isArray(value) && value.length === 0);
}

/** The one fault of a value that has at most one. */
export function oneFault(detail: string | undefined): FieldFault[] {
  return detail === undefined ? [] : [{ detail }];
}
