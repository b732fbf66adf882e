import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonBody, losslessBody } from '../src/json/json-body.js';
import { boundsFault, MAX_MEMBERS, MAX_VALUES, TOO_MANY, TOO_WIDE } from '../src/json/json-bounds.js';
import { parseLossless, writeLossless } from '../src/json/lossless-json.js';

describe('a body that is not JSON', () => {
  it.each([
    ['', 'The body is empty: send JSON.'],
    ['{', 'line 1, column 2'],
    ['{"a": 1,\r\n "b": }', 'line 2, column 7'],
    ['{"a"\n\n1}', 'line 3, column 1'],
    ['[1, 2,]', 'line 1, column 7'],
    ['{"a": tru}', 'line 1, column 7'],
    ['at position 5', 'line 1, column 1'],
    ['"unfinished', 'line 1, column 12'],
    ['["tab\t"]', 'line 1, column 6'],
    [String.raw`["\x"]`, 'line 1, column 4'],
    ['[01]', 'line 1, column 3'],
    ['{} x', 'line 1, column 4'],
    ["{'a': 1}", 'line 1, column 2'],
    ['{"ä": "😀" 1}', 'line 1, column 12'],
  ])('%j is refused with the place of its fault', (text, said) => {
    for (const read of [jsonBody, losslessBody])
      for (const body of [text, Buffer.from(text)]) expect(() => read(body)).toThrow(said);
  });

  it('is refused without what it says: it may be a secret', () => {
    const secret = 'kept to itself';
    for (const text of [`{"client_secret": ${secret}}`, `{"client_secret": "${secret}`, `["${secret}\t"]`])
      expect(() => jsonBody(text)).toThrow(/^The body is not valid JSON: see line 1, column \d+\.$/);
  });
});

/** How many values a JSON value consists of, with the names of its members. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const names = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, member) => sum + count(member), 1 + names);
}

describe('the bounds of a body', () => {
  /** JSON texts that have as many values, with all that a count may trip over. */
  const texts = (values: number) => {
    const filler = (rest: number) => Array.from({ length: rest }, () => '0').join(',');
    const parts = ['[]', '{}', '[ ]', '{"a,b":[{}]}', String.raw`"],\"[{,"`, '[[1],[]]'];
    const taken = parts.reduce((sum, part) => sum + count(JSON.parse(part)), 1);
    return [
      `[${filler(values - 1)}]`,
      `[${parts.join(' , ')},\n${filler(values - taken)}]`,
      `{"metadata": [${filler(values - 3)}]}`,
      `[${Array.from({ length: values - 1 }, () => '[]').join(',')}]`,
    ];
  };

  it('are 50,000 values, counted in bytes, text and what is parsed already', () => {
    for (const text of texts(MAX_VALUES)) {
      expect(count(JSON.parse(text))).toBe(MAX_VALUES);
      for (const body of [text, Buffer.from(text), JSON.parse(text) as unknown])
        expect(() => [jsonBody(body), losslessBody(body)]).not.toThrow();
    }
    for (const text of texts(MAX_VALUES + 1))
      for (const read of [jsonBody, losslessBody])
        for (const body of [text, Buffer.from(text), JSON.parse(text) as unknown])
          expect(() => read(body)).toThrow(TOO_MANY.detail);
  });

  it('are 1,000 members of an object, and not of what it contains', () => {
    const members = (length: number) =>
      `{${Array.from({ length }, (_, at) => `"m,${at}": [{"a": 1, "b": 2}]`).join(',')}}`;
    const bodies = (text: string) => [text, ` \n${text}`, Buffer.from(text), JSON.parse(text) as unknown];
    for (const read of [jsonBody, losslessBody]) {
      for (const body of bodies(members(MAX_MEMBERS))) expect(() => read(body)).not.toThrow();
      for (const body of bodies(members(MAX_MEMBERS + 1))) expect(() => read(body)).toThrow(TOO_WIDE.detail);
      for (const text of [
        `{"a": ${members(MAX_MEMBERS + 1)}}`,
        `[${members(MAX_MEMBERS + 1)}]`,
        `[${'0,'.repeat(2000)}0]`,
      ])
        for (const body of bodies(text)) expect(() => read(body)).not.toThrow();
    }
  });

  it('are found in any JSON exactly where they lie', () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (json, isSpaced) => {
        const text = JSON.stringify(JSON.parse(json), null, isSpaced ? 2 : 0);
        const values = count(JSON.parse(text));
        const around = (rest: number) => `[${'0,'.repeat(rest - 1 - values)}${text}]`;
        expect([boundsFault(around(MAX_VALUES)), boundsFault(around(MAX_VALUES + 1))]).toEqual([undefined, TOO_MANY]);
      }),
      { numRuns: 30 },
    );
  });

  it('are checked before a text that is not JSON is looked at', () => {
    expect(() => jsonBody(`[${'0,'.repeat(MAX_VALUES)}`)).toThrow(TOO_MANY.detail);
    expect(() => jsonBody('['.repeat(1000))).toThrow('nested deeper than 500 levels');
  });
});

describe('numbers', () => {
  it.each(['1', '-0', '1.0', '1e2', '12345678901234567890', '0.1', '1E400', '-1.5e-7', '9007199254740993'])(
    'are written as they were read: %s',
    (number) => {
      for (const text of [number, `{"a":[${number},"\\"1.0"]}`]) expect(writeLossless(parseLossless(text))).toBe(text);
    },
  );
});
