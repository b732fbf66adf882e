import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { PACKAGE, ROOT, run } from './workspace.mjs';

/** All texts in a value, however deep. */
function pathsOf(value) {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(pathsOf);
}

/** Every file that the package promises. */
function promised() {
  const { main, types, typesVersions, exports, bin = {} } = PACKAGE;
  return [main, types, typesVersions, exports, bin].flatMap(pathsOf).map((path) => path.replace(/^\.\//, ''));
}

/** What the tarball holds: all that it promises, and nothing else than the build. */
export async function checkTarball({ tarball, files, source }, folder) {
  const strange = files.filter(
    (path) =>
      !/^(dist\/.+\.(c?js|c?js\.map|d\.c?ts)|dist\/commonjs\/package\.json|docs\/.+\.md|package\.json|README\.md|LICENSE)$/.test(
        path,
      ),
  );
  check('the tarball holds the build, README, LICENSE and docs only', strange.length === 0, strange);
  const missing = promised().filter((path) => !files.includes(path));
  check('it holds every file that package.json names', missing.length === 0, missing);
  const tests = files.filter((path) => /(^|\/)(test|examples|bench)\/|spec\.|tsbuildinfo|openapi\.js/.test(path));
  check('it holds no tests, examples or leftovers of the build', tests.length === 0, tests);

  await run(folder, 'tar', 'xzf', tarball);
  const read = (path) => readFileSync(join(folder, 'package', path), 'utf8');
  const places = [ROOT, source, homedir(), hostname()].filter((place) => place.length > 4);
  const telling = files.filter((path) => places.some((place) => read(path).includes(place)));
  check('nothing in it names this machine', telling.length === 0, telling);
  const maps = files.filter((path) => path.endsWith('.js.map')).map((path) => JSON.parse(read(path)));
  const complete = maps.length > 0 && maps.every(({ sourcesContent }) => sourcesContent?.every(Boolean));
  check('its source maps bring their sources', complete);
  const orphans = files.filter((path) => /\.c?js$/.test(path) && !files.includes(path.replace(/(c?)js$/, 'd.$1ts')));
  check('each module has its types', orphans.length === 0, orphans);
}
