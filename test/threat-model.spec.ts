import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The page without the tables of dependencies, which dependencies.spec.ts compares. */
const [PAGE = ''] = read('../docs/security.md').split('## What it is built on');

/** The last cell of each row of the threat model that names a test: its file, and how its words begin. */
const NAMED = [...PAGE.matchAll(/\| `([\w.-]+\.ts)`: ([^|]+?) +\|$/gm)].map(
  ([, file = '', words = '']): [string, string] => [file, words],
);

describe('the threat model', () => {
  it('has a test in every row', () => {
    const rows = PAGE.match(/^\| (?!who +\| is|---)/gm) ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(NAMED).toHaveLength(rows.length);
  });

  it.each(NAMED)('names a test of %s: %s', (file, words) => {
    expect([`'${words}`, `"${words}`].some((title) => read(file).includes(title))).toBe(true);
  });
});
