const LENGTH = '2026-01-31T12:00:00.000Z'.length;

/**
 * Converts a time (RFC 3339 §5.6) to the form in which times are stored: UTC, to the millisecond.
 *
 * @param text a time with `Z` or an offset. The offset may lack its colon, as ISO 8601 allows: Python clients that OpenAPI
 * Generator creates send `+0000`. A blank before it counts as `+`, because that is what an unescaped `+` becomes in a query
 * @param up whether to round a fraction of a millisecond up instead of down
 * @returns `undefined` when the text is not a time between the years 0 and 9999
 */
export function storedTime(text: string, up: boolean): string | undefined {
  const written = text
    .replace(/ (?=\d\d:?\d\d$)/, '+')
    .replace(/(?<=[+-]\d\d)(?=\d\d$)/, ':')
    .toUpperCase();
  const [, local = '', finer = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,3}(\d*))?(?:Z|[+-]\d\d:\d\d)$/.exec(written) ?? [];
  // Date parses the 30th of February as the 2nd of March.
  const isReal = local !== '' && dateOf(`${local}Z`)?.toISOString().startsWith(local);
  const moment = isReal ? dateOf(written) : undefined;
  const stored = moment && new Date(moment.getTime() + (up && Number(finer) > 0 ? 1 : 0)).toISOString();
  // Years with more than four digits are written differently, and do not sort with the others.
  return stored?.length === LENGTH ? stored : undefined;
}

function dateOf(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
