import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * Returns the metrics of the whole process, whatever runs in it: processor, memory, event loop, garbage collection. The first call starts to
 * measure, and later ones do not start again: prom-client's observers never end.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
