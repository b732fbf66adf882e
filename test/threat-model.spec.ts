import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The last cell of each row of the threat model that names a test: its file, and how its words begin. */
const NAMED = [...read('../docs/security.md').matchAll(/\| `([\w.-]+\.ts)`: ([^|]+?) +\|$/gm)].map(
  ([, file = '', words = '']): [string, string] => [file, words],
);

describe('the threat model', () => {
  it('has a test in every row', () => {
    const rows = read('../docs/security.md').match(/^\| (?!who +\| is|---)/gm) ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(NAMED).toHaveLength(rows.length);
  });

  it.each(NAMED)('names a test of %s: %s', (file, words) => {
    expect([`'${words}`, `"${words}`].some((title) => read(file).includes(title))).toBe(true);
  });
});
