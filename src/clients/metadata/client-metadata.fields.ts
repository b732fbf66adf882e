import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { LIFESPAN_MAX_LENGTH, LIFESPAN_PATTERN, parseLifespan } from './lifespan.js';
import { RawJson } from '../../json/json-text.js';
import { webUrlFault } from './uri.js';

/** What is wrong with one value; `at` is the entry when the value is a list. */
export interface FieldFault {
  at?: number;
  detail: string;
}

/** Says what is wrong with one text, as the end of a sentence that begins with the member's name. */
export type TextCheck = (text: string) => string | undefined;

/** What a search term is a value of; `word` is a lower-cased word of name, owner or id. */
export type TermKind = 'grant_type' | 'response_type' | 'scope' | 'redirect_uri' | 'word';

/** One member of a client, as declared by its decorator: validation, presence and search derive from it. */
export interface Field {
  name: string;
  /** Left out of the document while it holds nothing (`''`, `[]`, `false`). */
  omitEmpty: boolean;
  /** `''` on input means unset. */
  blankIsUnset: boolean;
  /** Kind of the search terms that its values make. */
  term?: TermKind;
  /** Every fault of a given value; empty when it is right. */
  check: (value: unknown) => FieldFault[];
}

interface Presence {
  omitEmpty?: boolean;
  /** Shown in Swagger. */
  example?: unknown;
}

interface TextOptions extends Presence {
  /** Most characters. Default 1,024. */
  max?: number;
  check?: TextCheck;
  /** Applied before the checks. */
  normalise?: (text: string) => string;
}

interface ListOptions extends TextOptions {
  term?: TermKind;
}

const FIELDS = Symbol('client fields');
const SERVER_OWNED = Symbol('server-owned members');
const LIST_MAX_ENTRIES = 1000;
const JSON_MAX_BYTES = 64 * 1024;
/** Longest URI, in characters. */
export const URI_MAX_LENGTH = 2048;

/** The fields that `type` and its parents declare, a subclass's before its parent's. */
export function fieldsOf(type: abstract new () => object): Field[] {
  const own = (Reflect.getOwnMetadata(FIELDS, type) ?? []) as Field[];
  const parent = Object.getPrototypeOf(type) as (abstract new () => object) | null;
  return parent && parent !== Function.prototype ? [...own, ...fieldsOf(parent)] : own;
}

/** A member that the registry alone sets. */
export interface ServerOwnedMember {
  name: string;
  /** In one answer and no later one. */
  isShownOnce: boolean;
}

/** The members of `type` that the registry alone sets. */
export function serverOwnedOf(type: abstract new () => object): ServerOwnedMember[] {
  return (Reflect.getOwnMetadata(SERVER_OWNED, type) ?? []) as ServerOwnedMember[];
}

/** A text that the registry alone sets: what a caller sends for it is ignored. */
export function ServerOwned(
  description: string,
  { format, isShownOnce = false }: { format?: string; isShownOnce?: boolean },
): PropertyDecorator {
  return (target, property) => {
    const type = target.constructor as abstract new () => object;
    Reflect.defineMetadata(SERVER_OWNED, [...serverOwnedOf(type), { name: String(property), isShownOnce }], type);
    ApiPropertyOptional({ description, type: String, format, readOnly: true })(target, property);
  };
}

function declare(field: Omit<Field, 'name'>, schema: ApiPropertyOptions): PropertyDecorator {
  return (target, property) => {
    const name = String(property);
    const type = target.constructor;
    Reflect.defineMetadata(
      FIELDS,
      [...((Reflect.getOwnMetadata(FIELDS, type) ?? []) as Field[]), { ...field, name }],
      type,
    );
    ApiPropertyOptional(schema)(target, property);
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
  const { max = 1024, omitEmpty = false, normalise, example } = options;
  const check = (value: unknown) => (value === '' ? [] : one(textFault(value, options)));
  const field = declare(
    { omitEmpty, blankIsUnset: true, check },
    { type: String, description, maxLength: max, example, ...schema },
  );
  return (target, property) => {
    field(target, property);
    if (normalise)
      Transform(({ value }) => (typeof value === 'string' ? normalise(value) : (value as unknown)))(target, property);
  };
}

/** An absolute http(s) URL, or what `options.check` takes instead. */
export function UriField(description: string, options: TextOptions = {}): PropertyDecorator {
  return TextField(description, { max: URI_MAX_LENGTH, check: webUrlFault, ...options }, { format: 'uri' });
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
export function ListField(
  description: string,
  options: ListOptions = {},
  items: ApiPropertyOptions = {},
): PropertyDecorator {
  const { max = 1024, omitEmpty = false, term, normalise, example } = options;
  const check = (value: unknown): FieldFault[] => {
    if (!Array.isArray(value)) return one('must be an array of strings');
    if (value.length > LIST_MAX_ENTRIES) return one(`must not have more than ${LIST_MAX_ENTRIES} entries`);
    return value.flatMap((entry, at) => one(textFault(entry, options)).map((fault) => ({ at, ...fault })));
  };
  const schema = {
    type: 'array',
    description,
    maxItems: LIST_MAX_ENTRIES,
    items: { type: 'string', maxLength: max, ...items },
    example,
  };
  const field = declare({ omitEmpty, blankIsUnset: false, term, check }, schema as ApiPropertyOptions);
  return (target, property) => {
    field(target, property);
    if (!normalise) return;
    const each = (entry: unknown) => (typeof entry === 'string' ? normalise(entry) : entry);
    Transform(({ value }) => (Array.isArray(value) ? value.map(each) : (value as unknown)))(target, property);
  };
}

/** A boolean; nothing else is taken for one. */
export function FlagField(
  description: string,
  { omitEmpty = false }: Presence = {},
  schema: ApiPropertyOptions = {},
): PropertyDecorator {
  const check = (value: unknown) =>
    one(typeof value === 'boolean' || value === null ? undefined : 'must be true or false');
  return declare({ omitEmpty, blankIsUnset: false, check }, { type: Boolean, description, ...schema });
}

/** A point in time in whole seconds since the epoch, 0 for never. */
export function EpochField(description: string, example?: number): PropertyDecorator {
  const check = (value: unknown) =>
    one(
      Number.isSafeInteger(value) && (value as number) >= 0
        ? undefined
        : 'must be a whole number of seconds since the epoch, or 0',
    );
  return declare(
    { omitEmpty: false, blankIsUnset: false, check },
    { type: 'integer', format: 'int64', minimum: 0, description, example },
  );
}

/** Any JSON that `shape` accepts, at most 64 KiB of it. */
export function JsonField(
  description: string,
  shape: (value: unknown) => string | undefined,
  schema: ApiPropertyOptions,
): PropertyDecorator {
  const check = (value: unknown) =>
    one(Buffer.byteLength(RawJson.write(value)) > JSON_MAX_BYTES ? 'must not be larger than 64 KiB' : shape(value));
  return declare({ omitEmpty: false, blankIsUnset: false, check }, { description, ...schema });
}

/** A duration, echoed as it was sent; `null` when the issuer's own default holds. */
export function LifespanField(description: string, example = '1h'): PropertyDecorator {
  const form = 'must be a sequence of numbers with units (ns, us, µs, ms, s, m, h), such as 1h30m';
  const check = (value: unknown) => {
    if (value === null) return [];
    return one(
      textFault(value, {
        max: LIFESPAN_MAX_LENGTH,
        check: (text) => (parseLifespan(text) === undefined ? form : undefined),
      }),
    );
  };
  const schema: ApiPropertyOptions = {
    type: String,
    nullable: true,
    pattern: LIFESPAN_PATTERN,
    maxLength: LIFESPAN_MAX_LENGTH,
    description,
    example,
  };
  return declare({ omitEmpty: false, blankIsUnset: true, check }, schema);
}
