import { failureOf } from './cli/failure.js';
import { startService } from './standalone/app.start.js';

/**
 * Entry point of the standalone service. If the start fails, it prints one sentence and exits with code 1.
 *
 * `dist/service.js` is this with all modules of the service in one file, which starts faster: opening hundreds takes longer than running them.
 * Its classes keep their names, which TypeORM and Swagger read, by `--keep-names` of esbuild. That would give each closure of a request a name,
 * too, which took some twentieth of a request: once all modules are loaded, `--footer` makes `__name` do nothing.
 */
try {
  await startService();
} catch (error) {
  console.error(`The client registry did not start: ${failureOf(error).text}`);
  process.exit(1);
}
