import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Folder of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the project's package.json says. */
export const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const folders = [];
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty folder, which goes when the process ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `registry-${name}-`));
  folders.push(folder);
  return folder;
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed
 * @throws Error with all that it printed, when it fails
 */
export async function run(folder, program, ...args) {
  try {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Makes the tarball that would be published; tells its path and the files in it. */
export async function pack(folder) {
  const [{ filename, files }] = JSON.parse(
    await run(ROOT, 'npm', 'pack', '--json', '--silent', `--pack-destination=${folder}`),
  );
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** Writes a package.json and installs what it names, and nothing that is not asked for. */
export async function install(folder, about) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...about }, null, 2));
  await run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error');
}

/** Version of a package that is installed in `folder`. */
export function installed(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}
