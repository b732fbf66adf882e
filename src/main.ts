import { failureOf } from './cli/failure.js';
import { startService } from './standalone/app.start.js';

/**
 * Entry point of the standalone service. If the start fails, it prints one sentence and exits with code 1.
 *
 * `dist/service.js` bundles this module with all others of the service, which starts faster: opening hundreds of files takes longer than
 * running them. esbuild's `--keep-names` preserves the names of classes, which TypeORM and Swagger read. It would also name each closure that a
 * request creates, which took about a twentieth of the request's time: once all modules are loaded, `--footer` makes `__name` do nothing.
 */
try {
  await startService();
} catch (error) {
  console.error(`The client registry did not start: ${failureOf(error).text}`);
  process.exit(1);
}
