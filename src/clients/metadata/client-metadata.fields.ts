import type { Type } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { LIFESPAN_MAX_LENGTH, LIFESPAN_PATTERN, lifespanFault } from './values/lifespan.js';
import { RawJson } from '../../json/json-text.js';
import { webUrlFault } from './values/uri.js';

/** What is wrong with one value, as the end of a sentence; `at` is the index of the entry when the value is a list. */
export interface FieldFault {
  at?: number;
  detail: string;
}

/** Returns what is wrong with one text, as the end of a sentence that begins with the name of the member. */
export type TextCheck = (text: string) => string | undefined;

/** What a search term is a value of; `word` is a lower-cased word of the name, the owner or the id. */
export type TermKind = 'grant_type' | 'response_type' | 'scope' | 'redirect_uri' | 'word';

/** One member of a client, as its decorator declares it: validation, presence and search are derived from it. */
export interface Field {
  name: string;
  /** How the OpenAPI document describes it. */
  schema: ApiPropertyOptions;
  /** The document leaves it out while it holds nothing (`''`, `[]`, `false`). */
  omitEmpty?: boolean;
  /** `''` in a body means unset. */
  blankIsUnset?: boolean;
  /** The value is kept as the text that was sent, and its `null` is a value; of other members `null` means unset. */
  keepsText?: boolean;
  /** Kind of the search terms that its values make. */
  term?: TermKind;
  /** The form in which a given value is checked and kept. Default as it was sent. */
  normalise?: (value: unknown) => unknown;
  /** Every fault of a given value; empty when the value is right. */
  check: (value: unknown) => FieldFault[];
}

interface Presence extends Pick<Field, 'omitEmpty'> {
  /** Shown in Swagger. */
  example?: unknown;
}

interface TextOptions extends Presence {
  /** Longest text, in characters. Default 1,024. */
  max?: number;
  check?: TextCheck;
  /** Applied before the checks. */
  normalise?: (text: string) => string;
}

interface ListOptions extends TextOptions {
  term?: TermKind;
}

interface FlagOptions extends Presence {
  /** `null` is a value: it leaves the decision to the authorization server. Default false. */
  nullable?: boolean;
}

interface JsonOptions extends Presence, Pick<Field, 'keepsText'> {
  /** Class of its schema. */
  type: Type;
  /** Returns what is wrong with the shape of a value. Default: any JSON is right. */
  shape?: (value: unknown) => string | undefined;
}

/** A class whose members are declared by decorators. */
type Declared = abstract new () => object;

const FIELDS = Symbol('client fields');
const SERVER_OWNED = Symbol('server-owned members');
const LIST_MAX_ENTRIES = 1000;
const JSON_MAX_BYTES = 64 * 1024;
/** Longest URI, in characters. */
export const URI_MAX_LENGTH = 2048;

/** The fields that `type` and its parents declare, those of a subclass before those of its parent. */
export function fieldsOf(type: Declared): Field[] {
  const own = (Reflect.getOwnMetadata(FIELDS, type) ?? []) as Field[];
  const parent = Object.getPrototypeOf(type) as Declared | null;
  return parent && parent !== Function.prototype ? [...own, ...fieldsOf(parent)] : own;
}

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

/** Declares a field. The schema shows the initialiser as the default, unless it is `''`, which means unset. */
function declare(field: Omit<Field, 'name' | 'schema'>, schema: ApiPropertyOptions): PropertyDecorator {
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

function textFault(value: unknown, { max = 1024, check }: TextOptions): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  return value.length > max ? `must not be longer than ${max} characters` : check?.(value);
}

function one(detail: string | undefined): FieldFault[] {
  return detail === undefined ? [] : [{ detail }];
}

/** A text. */
export function TextField(
  description: string,
  options: TextOptions = {},
  schema: ApiPropertyOptions = {},
): PropertyDecorator {
  const { max = 1024, omitEmpty, normalise, example } = options;
  const check = (value: unknown) => (value === '' ? [] : one(textFault(value, options)));
  return declare(
    { omitEmpty, blankIsUnset: true, check, normalise: normalise && ofText(normalise) },
    { type: String, description, maxLength: max, example, ...schema },
  );
}

/** Applies `normalise` to a text, and to nothing else. */
function ofText(normalise: (text: string) => string) {
  return (value: unknown): unknown => (typeof value === 'string' ? normalise(value) : value);
}

/**
 * An absolute http(s) URL, or what `options.check` accepts instead. The schema has no format: `''` is no URI, and hosts may have
 * letters beyond ASCII.
 */
export function UriField(description: string, options: TextOptions = {}): PropertyDecorator {
  return TextField(description, { max: URI_MAX_LENGTH, check: webUrlFault, ...options });
}

/** One of a few texts. */
export function ChoiceField(
  description: string,
  choices: readonly string[],
  options: TextOptions = {},
): PropertyDecorator {
  const check: TextCheck = (text) => (choices.includes(text) ? undefined : `must be one of ${choices.join(', ')}`);
  return TextField(description, { ...options, check }, { enum: [...choices] });
}

/** A list of texts, each checked by itself. */
export function ListField(description: string, options: ListOptions = {}): PropertyDecorator {
  const { max = 1024, omitEmpty, term, normalise, example } = options;
  const check = (value: unknown): FieldFault[] => {
    if (!Array.isArray(value)) return one('must be an array of strings');
    if (value.length > LIST_MAX_ENTRIES) return one(`must not have more than ${LIST_MAX_ENTRIES} entries`);
    return value.flatMap((entry, at) => one(textFault(entry, options)).map((fault) => ({ at, ...fault })));
  };
  const schema = {
    type: 'array',
    description,
    maxItems: LIST_MAX_ENTRIES,
    items: { type: 'string', maxLength: max },
    example,
  };
  const ofEach = (value: unknown): unknown =>
    normalise && isList(value) && value.length <= LIST_MAX_ENTRIES ? value.map(ofText(normalise)) : value;
  return declare({ omitEmpty, term, check, normalise: ofEach }, schema as ApiPropertyOptions);
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

/** A boolean: nothing else is read as one. */
export function FlagField(description: string, { omitEmpty, nullable = false }: FlagOptions = {}): PropertyDecorator {
  const check = (value: unknown) =>
    one(typeof value === 'boolean' || (nullable && value === null) ? undefined : 'must be true or false');
  return declare({ omitEmpty, check }, { type: Boolean, description, ...(nullable && { nullable }) });
}

/** A time in whole seconds since the epoch; 0 = never. */
export function EpochField(description: string, example?: number): PropertyDecorator {
  const check = (value: unknown) =>
    one(
      Number.isSafeInteger(value) && (value as number) >= 0
        ? undefined
        : 'must be a whole number of seconds since the epoch, or 0',
    );
  return declare({ check }, { type: 'integer', format: 'int64', minimum: 0, description, example });
}

/** Any JSON that `shape` accepts, at most 64 KiB of it. */
export function JsonField(
  description: string,
  { type, omitEmpty, keepsText, shape, example }: JsonOptions,
): PropertyDecorator {
  const check = (value: unknown) =>
    one(Buffer.byteLength(RawJson.write(value)) > JSON_MAX_BYTES ? 'must not be larger than 64 KiB' : shape?.(value));
  return declare({ omitEmpty, keepsText, check }, { type, description, example });
}

/** A duration, echoed as it was sent; `null` leaves it to the authorization server. */
export function LifespanField(description: string, example = '1h'): PropertyDecorator {
  const options = { max: LIFESPAN_MAX_LENGTH, check: lifespanFault };
  const check = (value: unknown) => (value === null ? [] : one(textFault(value, options)));
  const schema: ApiPropertyOptions = {
    type: String,
    nullable: true,
    pattern: LIFESPAN_PATTERN,
    maxLength: LIFESPAN_MAX_LENGTH,
    description,
    example,
  };
  return declare({ blankIsUnset: true, check }, schema);
}
