import type { ApiPropertyOptions } from '@nestjs/swagger';
import { declareField, oneFault, type FieldFault, type Presence } from './field.js';
import { URI_MAX_LENGTH, webUrlFault } from './web-url.js';

/** Returns what is wrong with a text, as the end of a sentence that begins with the name of the member. */
export type TextCheck = (text: string) => string | undefined;

/** Options of a text field. */
interface TextOptions extends Presence {
  /** Longest text, in characters. Default 1,024. */
  max?: number;
  check?: TextCheck;
  /** Applied before the checks. */
  normalise?: (text: string) => string;
}

const LIST_MAX_ENTRIES = 1000;

/** Returns why a value is not a text that `options` allow, as the end of a sentence; `undefined` when it is one. */
export function textFault(
  value: unknown,
  { max = 1024, check }: Pick<TextOptions, 'max' | 'check'>,
): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  return value.length > max ? `must not be longer than ${max} characters` : check?.(value);
}

/** Declares a text. */
export function TextField(
  description: string,
  options: TextOptions = {},
  schema: ApiPropertyOptions = {},
): PropertyDecorator {
  const { max = 1024, omitEmpty, isSecret, takesTags, standardDefault, saysNothing, normalise, example } = options;
  const check = (value: unknown) => (value === '' ? [] : oneFault(textFault(value, options)));
  return declareField(
    {
      omitEmpty,
      isSecret,
      takesTags,
      standardDefault,
      saysNothing,
      check,
      blankIsUnset: true,
      normalise: normalise && ofText(normalise),
    },
    { type: String, description: described(description, takesTags), maxLength: max, example, ...schema },
  );
}

function described(description: string, takesTags = false): string {
  return takesTags ? `${description} Also with a language tag behind a \`#\`.` : description;
}

/** Applies `normalise` only to texts. */
function ofText(normalise: (text: string) => string) {
  return (value: unknown): unknown => (typeof value === 'string' ? normalise(value) : value);
}

/**
 * Declares an absolute http(s) URL, or what `options.check` accepts instead. The schema has no format: `''` is not a URI, and hosts may
 * contain letters beyond ASCII.
 */
export function UriField(description: string, options: TextOptions = {}): PropertyDecorator {
  return TextField(description, { max: URI_MAX_LENGTH, check: webUrlFault, ...options });
}

/** Declares a text that is one of a few. */
export function ChoiceField(
  description: string,
  choices: readonly string[],
  options: TextOptions = {},
): PropertyDecorator {
  const check: TextCheck = (text) => (choices.includes(text) ? undefined : `must be one of ${choices.join(', ')}`);
  return TextField(description, { ...options, check }, { enum: [...choices] });
}

/**
 * Declares a list of texts, each checked separately.
 *
 * @param choices the allowed texts, for the OpenAPI document. Default: any
 */
export function ListField(
  description: string,
  options: TextOptions = {},
  choices?: readonly string[],
): PropertyDecorator {
  const { max = 1024, omitEmpty, standardDefault, normalise, example } = options;
  const check = (value: unknown): FieldFault[] => {
    if (!Array.isArray(value)) return oneFault('must be an array of strings');
    if (value.length > LIST_MAX_ENTRIES) return oneFault(`must not have more than ${LIST_MAX_ENTRIES} entries`);
    return value.flatMap((entry, at) => oneFault(textFault(entry, options)).map((fault) => ({ at, ...fault })));
  };
  const schema = {
    type: 'array',
    description,
    maxItems: LIST_MAX_ENTRIES,
    items: { type: 'string', maxLength: max, ...(choices && { enum: [...choices] }) },
    example,
  };
  const ofEach = (value: unknown): unknown =>
    normalise && isList(value) && value.length <= LIST_MAX_ENTRIES ? value.map(ofText(normalise)) : value;
  return declareField({ omitEmpty, standardDefault, check, normalise: ofEach }, schema as ApiPropertyOptions);
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
