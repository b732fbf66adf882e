import { failureOf } from './cli/failure.js';
import { startService } from './standalone/app.start.js';

/**
 * Entry point of the standalone service. If the start fails, it prints one sentence and exits with code 1.
 *
 * `dist/service.js` is this with all modules of the service in one file, which starts faster: opening hundreds takes longer than running them.
 */
try {
  await startService();
} catch (error) {
  console.error(`The client registry did not start: ${failureOf(error).text}`);
  process.exit(1);
}
