import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * What is measured of the whole process, whatever runs in it: processor, memory, event loop, garbage collection. It is measured from the
 * first call on, and once: prom-client's observers never end.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
