import { Gauge, type Registry } from 'prom-client';
import type { Limit } from '../../concurrency/limit.js';

/**
 * Adds the metric of how many slow operations on chosen secrets run, and how many wait for their turn.
 *
 * @param registry where the numbers are kept
 * @param limit the limit on these operations
 */
export function measureHashing(registry: Registry, limit: Limit): void {
  const gauge = new Gauge({
    name: 'oauth2_registry_secret_hashing',
    help: 'Chosen secrets that are hashed or compared by bcrypt now (running), and those that wait for their turn (waiting).',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      gauge.set({ state: 'running' }, limit.running);
      gauge.set({ state: 'waiting' }, limit.waiting);
    },
  });
}
