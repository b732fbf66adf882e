import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lifespanSeconds, parseLifespan } from '../src/index.js';

const UNITS = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const component = fc.record({
  zeros: fc.nat(3),
  value: fc.bigInt({ min: 0n, max: 10n ** 30n }),
  unit: fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[])),
});

describe('a lifespan', () => {
  it('is the sum of its components, in any order, repeated, with leading zeros, of any size', () => {
    fc.assert(
      fc.property(fc.array(component, { minLength: 1, maxLength: 20 }), (components) => {
        const text = components.map(({ zeros, value, unit }) => '0'.repeat(zeros) + String(value) + unit).join('');
        const sum = components.reduce((total, { value, unit }) => total + value * UNITS[unit], 0n);
        expect(parseLifespan(text)).toBe(sum);
        expect(lifespanSeconds(text)).toBe(sum / 1_000_000_000n);
      }),
    );
  });

  it.each([
    ['1.5h', 5_400_000_000_000n],
    ['0.1ns', 0n],
    ['0.5ns0.5ns', 1n],
    ['2562047h47m16.854775807s', 9_223_372_036_854_775_807n],
    ['0.000000001s', 1n],
    ['1.123456789123s', 1_123_456_789n],
  ])('%s is %s ns, exactly', (text, nanoseconds) => {
    expect(parseLifespan(text)).toBe(nanoseconds);
  });

  it.each([
    '',
    '1d',
    '-1h',
    '+1h',
    '1h 30m',
    'h',
    '100',
    '0',
    '.5h',
    '1.h',
    '1H',
    '1e3s',
    '1h-30m',
    ' 1h',
    '1h ',
    'forever',
    '1'.repeat(1024),
    `${'1'.repeat(1024)}s`,
  ])('%j is not a lifespan', (text) => {
    expect(parseLifespan(text)).toBeUndefined();
    expect(() => lifespanSeconds(text)).toThrow(RangeError);
  });

  it('may have 1,024 characters', () => {
    expect(parseLifespan(`${'9'.repeat(1023)}s`)).toBe(BigInt('9'.repeat(1023)) * 1_000_000_000n);
  });
});
