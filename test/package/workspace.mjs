import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** What the copy does without: it has the modules by a link, and builds anew. */
const LEFT_OUT = ['.git', 'dist', 'node_modules'].map((name) => join(ROOT, name));

/**
 * Makes the tarball that would be published, of a copy of the project: packing removes `dist`, which what runs beside it needs.
 *
 * @returns the path of the tarball, the files in it, and the folder that it was made in
 */
export async function pack(folder) {
  const source = temporaryFolder('source');
  cpSync(ROOT, source, { recursive: true, filter: (path) => !LEFT_OUT.includes(path.replace(/\/$/, '')) });
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const [{ filename, files }] = JSON.parse(
    await run(source, 'npm', 'pack', '--json', '--silent', `--pack-destination=${folder}`),
  );
  return { tarball: join(folder, filename), files: files.map(({ path }) => path), source };
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
