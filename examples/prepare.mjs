import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..');
const run = promisify(execFile);

/** Packs the registry in `folder` as it would be published, and returns the path of the tarball. */
export async function pack(folder) {
  const options = { cwd: ROOT };
  const { stdout } = await run('npm', ['pack', '--json', '--silent', `--pack-destination=${folder}`], options);
  return join(folder, JSON.parse(stdout)[0].filename);
}

/** Copies an example into an empty `folder`, and says in its package.json where the registry is. */
function copy(example, folder, registry) {
  for (const name of ['src', 'tsconfig.json'])
    cpSync(join(HERE, example, name), join(folder, name), { recursive: true });
  const about = JSON.parse(readFileSync(join(HERE, example, 'package.json'), 'utf8'));
  about.dependencies['oauth2-client-registry'] = `file:${registry}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify(about));
}

/** Copies an example into an empty `folder`, installs its dependencies and the registry from `tarball`, and compiles it. */
export async function prepare(example, folder, tarball) {
  copy(example, folder, tarball);
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], { cwd: folder });
  await run('npm', ['run', '--silent', 'build'], { cwd: folder });
}

/** Copies an example into an empty `folder`, and compiles it with the packages and the build of this checkout: without a network. */
export async function link(example, folder) {
  copy(example, folder, ROOT);
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  symlinkSync(ROOT, join(modules, 'oauth2-client-registry'));
  // `npm run types` has judged its types.
  await run(process.execPath, [join(modules, 'typescript/bin/tsc'), '--noCheck'], { cwd: folder });
}
