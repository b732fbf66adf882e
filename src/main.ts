import { failureOf } from './cli/failure.js';
import { startService } from './standalone/app.start.js';

/** Entry point of the standalone service. If the start fails, it prints one sentence and exits with code 1. */
try {
  await startService();
} catch (error) {
  console.error(`The client registry did not start: ${failureOf(error).text}`);
  process.exit(1);
}
