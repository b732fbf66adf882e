import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { PACKAGE, ROOT, run } from './workspace.mjs';

/** Every file that the package promises. */
function promised() {
  const { exports, bin = {} } = PACKAGE;
  const entries = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  return [...entries, ...Object.values(bin)].map((path) => path.replace(/^\.\//, ''));
}

/** What the tarball holds: all that it promises, and nothing else than the build. */
export async function checkTarball({ tarball, files }, folder) {
  const strange = files.filter(
    (path) => !/^(dist\/.+\.(js|js\.map|d\.ts)|docs\/.+\.md|package\.json|README\.md|LICENSE)$/.test(path),
  );
  check('the tarball holds the build, README, LICENSE and docs only', strange.length === 0, strange);
  const missing = promised().filter((path) => !files.includes(path));
  check('it holds every file that exports and bin name', missing.length === 0, missing);
  const tests = files.filter((path) => /(^|\/)(test|examples|bench)\/|spec\.|tsbuildinfo|openapi\.js/.test(path));
  check('it holds no tests, examples or leftovers of the build', tests.length === 0, tests);

  await run(folder, 'tar', 'xzf', tarball);
  const read = (path) => readFileSync(join(folder, 'package', path), 'utf8');
  const places = [ROOT, homedir(), hostname()].filter((place) => place.length > 4);
  const telling = files.filter((path) => places.some((place) => read(path).includes(place)));
  check('nothing in it names this machine', telling.length === 0, telling);
  const maps = files.filter((path) => path.endsWith('.js.map')).map((path) => JSON.parse(read(path)));
  const complete = maps.length > 0 && maps.every(({ sourcesContent }) => sourcesContent?.every(Boolean));
  check('its source maps bring their sources', complete);
  const orphans = files.filter((path) => path.endsWith('.js') && !files.includes(path.replace(/\.js$/, '.d.ts')));
  check('each module has its types', orphans.length === 0, orphans);
}
