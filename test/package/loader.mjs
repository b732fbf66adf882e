import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { LOADED_FILES: list } = process.env;

/** Notes every file that is imported; a hook of Node's, which runs on a thread of its own. */
export async function load(url, context, next) {
  appendFileSync(list, `${url}\n`);
  return next(url, context);
}

// Preloaded by `--import`: what is required is known at the end.
if (isMainThread) {
  register(import.meta.url);
  process.on('exit', () => appendFileSync(list, Object.keys(createRequire(import.meta.url).cache).join('\n')));
}
