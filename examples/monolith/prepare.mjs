import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);

/** Packs the registry in `folder` as it would be published, and returns the path of the tarball. */
export async function pack(folder) {
  const options = { cwd: join(HERE, '../..') };
  const { stdout } = await run('npm', ['pack', '--json', '--silent', `--pack-destination=${folder}`], options);
  return join(folder, JSON.parse(stdout)[0].filename);
}

/** Copies the example into an empty `folder`, installs its dependencies and the registry from `tarball`, and compiles it. */
export async function prepare(folder, tarball) {
  for (const name of ['src', 'tsconfig.json']) cpSync(join(HERE, name), join(folder, name), { recursive: true });
  const about = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
  about.dependencies['oauth2-client-registry'] = `file:${tarball}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify(about));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], { cwd: folder });
  await run('npm', ['run', '--silent', 'build'], { cwd: folder });
}
