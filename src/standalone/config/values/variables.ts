import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min, ValidateBy } from 'class-validator';
import { POSTGRES } from '../../../database/postgres/postgres-dialect.js';

const MAX_TIME = 600_000;

const PORT = 'must be a port, 0 to 65535';

/** The message for an invalid address to bind to. */
export const HOST = 'must be a host name or an IP address';

/** Reads comma-separated text as a list. */
export function List(): PropertyDecorator {
  return Transform(
    ({ value }) =>
      (typeof value === 'string'
        ? value
            .split(',')
            .map((entry) => entry.trim())
            .filter(Boolean)
        : value) as unknown,
  );
}

/** Reads digits as a number. */
export function Whole(): PropertyDecorator {
  return Transform(
    ({ value }) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value) as unknown,
  );
}

/**
 * Reads a time limit in milliseconds.
 *
 * @param least the shortest one. Default 1
 */
export function Milliseconds(least = 1): PropertyDecorator {
  const message = `must be a whole number of milliseconds from ${least} to ${MAX_TIME}`;
  return applyDecorators(Whole(), IsInt({ message }), Min(least, { message }), Max(MAX_TIME, { message }));
}

/** Reads a port to listen on; 0 for any that is free. */
export function Port(): PropertyDecorator {
  return applyDecorators(Whole(), IsInt({ message: PORT }), Min(0, { message: PORT }), Max(65_535, { message: PORT }));
}

/**
 * Reads a number of things.
 *
 * @param least the smallest one. Default 1
 */
export function Count(most: number, least = 1): PropertyDecorator {
  const message = `must be a whole number from ${least} to ${most}`;
  return applyDecorators(Whole(), IsInt({ message }), Min(least, { message }), Max(most, { message }));
}

/** Accepts a number above that of another variable, given by its name. */
export function Above(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'above',
    validator: {
      validate: (value: number, argument) => value > Number(Reflect.get(argument?.object ?? {}, other)),
      defaultMessage: () => `must be greater than ${other}`,
    },
  });
}

/** Reads `true` and `false` as a boolean. */
export function Bool(): PropertyDecorator {
  return Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value) as unknown);
}

/** Returns what is wrong with a `postgres://` URL; `undefined` when nothing is. */
function faultOf(url: unknown): string | undefined {
  try {
    POSTGRES.connectionOf(String(url));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Checks a `postgres://` URL, and that the files that it names can be read. */
export function DatabaseUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'databaseUrl',
    validator: {
      validate: (url) => faultOf(url) === undefined,
      defaultMessage: (argument) => `cannot be used: ${faultOf(argument?.value)}`,
    },
  });
}

function isServiceUrl(text: unknown): boolean {
  if (text === '') return true;
  try {
    return /^https?:\/\/[^\s?#@]+$/.test(String(text)) && new URL(String(text)).host !== '';
  } catch {
    return false;
  }
}

/** Checks the URL of a service, which may have a path and nothing behind it. Empty means none. */
export function ServiceUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'serviceUrl',
    validator: {
      validate: isServiceUrl,
      defaultMessage: () =>
        'must be an http or https URL such as https://gateway.example.com/registry, without a user, a password, a query or a fragment',
    },
  });
}
