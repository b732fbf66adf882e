import { startService } from './standalone/app.start.js';

/** Process entry; a fault at start is one sentence and exit code 1. */
try {
  await startService();
} catch (error) {
  console.error(`The client registry did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
