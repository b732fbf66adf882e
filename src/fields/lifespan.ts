/** Longest lifespan, in characters. */
export const LIFESPAN_MAX_LENGTH = 1024;

/** The grammar for the OpenAPI document; `parseLifespan` is decisive. The empty text matches, because it unsets a lifespan. */
export const LIFESPAN_PATTERN = '^([0-9]+([.][0-9]+)?(ns|us|µs|μs|ms|s|m|h))*$';

const NANOSECONDS: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5 MICRO SIGN
  μs: 1_000n, // U+03BC GREEK SMALL LETTER MU
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/**
 * Parses a lifespan such as `1h30m` or `1.5h`: decimal numbers with units `ns us µs ms s m h`, in any order and of any size.
 *
 * @param text a lifespan as the API accepts and shows it
 * @returns whole nanoseconds, exact; a fraction of a nanosecond in the sum is cut off. `undefined` when the text is not
 * a lifespan: empty, longer than 1,024 characters, signed, with spaces, or with a number that has no unit
 */
export function parseLifespan(text: string): bigint | undefined {
  if (text === '' || text.length > LIFESPAN_MAX_LENGTH) return undefined;
  // Sticky: each number is matched once, so the time is linear in the length.
  const component = /(\d+)(?:\.(\d+))?(ns|us|µs|μs|ms|s|m|h)/y;
  // The longest fraction fixes the scale in which all components are summed without rounding.
  const scale = Math.max(0, ...Array.from(text.matchAll(/\.(\d+)/g), ([, digits]) => digits?.length ?? 0));
  let sum = 0n;
  while (component.lastIndex < text.length) {
    const [, whole, fraction = '', unit] = component.exec(text) ?? [];
    if (whole === undefined || unit === undefined) return undefined;
    sum += BigInt(whole + fraction.padEnd(scale, '0')) * (NANOSECONDS[unit] ?? 0n);
  }
  return sum / 10n ** BigInt(scale);
}

/** Returns why `text` is not a lifespan, as the end of a sentence; `undefined` when it is one. */
export function lifespanFault(text: string): string | undefined {
  if (parseLifespan(text) !== undefined) return undefined;
  return 'must be a sequence of numbers with units (ns, us, µs, ms, s, m, h), such as 1h30m';
}

/**
 * Returns the lifespan in whole seconds, as issuers need it for `expires_in`.
 *
 * @param text a lifespan as the API accepts and shows it
 * @returns seconds, rounded down
 * @throws RangeError when the text is not a lifespan
 */
export function lifespanSeconds(text: string): bigint {
  const nanoseconds = parseLifespan(text);
  if (nanoseconds === undefined) throw new RangeError('Not a lifespan: expected numbers with units, such as 1h30m.');
  return nanoseconds / 1_000_000_000n;
}

/** Returns the lifespan in milliseconds, rounded down; 0 when the text is not a lifespan. */
export function lifespanMilliseconds(text: string): number {
  return Number((parseLifespan(text) ?? 0n) / 1_000_000n);
}
