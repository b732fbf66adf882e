import { describe, expect, it } from '@jest/globals';
import { jsonBody, losslessBody } from '../src/json/json-body.js';

describe('a body that is not JSON', () => {
  it.each([
    ['', 'The body is empty: send JSON.'],
    ['{', 'line 1, column 2'],
    ['{"a": 1,\r\n "b": }', 'line 2, column 7'],
    ['{"a"\n\n1}', 'line 3, column 1'],
    ['[1, 2,]', 'line 1, column 7'],
    ['{"a": tru}', 'line 1, column 7'],
    ['"unfinished', 'line 1, column 12'],
    ['["tab\t"]', 'line 1, column 6'],
    [String.raw`["\x"]`, 'line 1, column 3'],
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
