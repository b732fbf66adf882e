import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that is there for one test. */
export interface TestFile extends AsyncDisposable {
  path: string;
}

/** Writes a text to a file of its own. */
export async function fileOf(text: string): Promise<TestFile> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-file-'));
  const path = join(folder, 'file');
  writeFileSync(path, text);
  return { path, [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) };
}
