import type { Type } from '@nestjs/common';
import { RawJson } from '../json/json-text.js';
import { declareField, oneFault, type Field, type Presence } from './field.js';

interface FlagOptions extends Presence {
  /** Whether `null` is a value: it leaves the decision to the reader. Default false. */
  nullable?: boolean;
}

interface JsonOptions extends Presence, Pick<Field, 'keepsText'> {
  /** Class of the schema. */
  type: Type;
  /** Returns what is wrong with the shape of a value. Default: any JSON is valid. */
  shape?: (value: unknown) => string | undefined;
}

/** Largest version number, the largest `integer` of databases. */
export const MAX_VERSION = 2_147_483_647;
/** Largest count, the largest `integer` of databases. */
const MAX_COUNT = 2_147_483_647;
const JSON_MAX_BYTES = 64 * 1024;

/** Declares a boolean; no other value is converted to one. */
export function FlagField(description: string, { omitEmpty, nullable = false }: FlagOptions = {}): PropertyDecorator {
  const check = (value: unknown) =>
    oneFault(typeof value === 'boolean' || (nullable && value === null) ? undefined : 'must be true or false');
  return declareField({ omitEmpty, check }, { type: Boolean, description, ...(nullable && { nullable }) });
}

/** Declares a time in whole seconds since the epoch; 0 = never. */
export function EpochField(description: string, example?: number): PropertyDecorator {
  const check = (value: unknown) =>
    oneFault(
      Number.isSafeInteger(value) && (value as number) >= 0
        ? undefined
        : 'must be a whole number of seconds since the epoch, or 0',
    );
  return declareField({ check }, { type: 'integer', format: 'int64', minimum: 0, description, example });
}

/** Declares a number of seconds; `null` while it is unset, because 0 is a valid number. */
export function SecondsField(description: string, { omitEmpty, example }: Presence): PropertyDecorator {
  const check = (value: unknown) =>
    oneFault(
      value === null || (Number.isSafeInteger(value) && (value as number) >= 0)
        ? undefined
        : 'must be a whole number of seconds, or null',
    );
  return declareField(
    { omitEmpty, check },
    { type: 'integer', format: 'int64', minimum: 0, nullable: true, description, example },
  );
}

/** Declares a count, a whole number from 0. */
export function CountField(description: string, example: number): PropertyDecorator {
  const check = (value: unknown) =>
    oneFault(
      Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
        ? undefined
        : `must be a whole number from 0 to ${MAX_COUNT}`,
    );
  return declareField({ check }, { type: 'integer', minimum: 0, maximum: MAX_COUNT, description, example });
}

/** Declares the number of a version, from 1. */
export function VersionField(description: string, example: number): PropertyDecorator {
  const check = (value: unknown) =>
    oneFault(
      Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_VERSION
        ? undefined
        : 'must be the number of a version, a whole number from 1',
    );
  return declareField({ check }, { type: 'integer', minimum: 1, maximum: MAX_VERSION, description, example });
}

/** Declares any JSON that `shape` accepts, at most 64 KiB. */
export function JsonField(
  description: string,
  { type, omitEmpty, keepsText, shape, example }: JsonOptions,
): PropertyDecorator {
  const check = (value: unknown) =>
    oneFault(
      Buffer.byteLength(RawJson.write(value)) > JSON_MAX_BYTES ? 'must not be larger than 64 KiB' : shape?.(value),
    );
  return declareField({ omitEmpty, keepsText, check }, { type, description, example });
}
