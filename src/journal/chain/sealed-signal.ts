import type { PreparedDatabase } from '../../database/sql/prepared-database.js';

const listeners = new WeakMap<PreparedDatabase, Set<() => void>>();

/**
 * Calls `listener` each time that this process has sealed changes in a database.
 *
 * @returns a function that removes the listener
 */
export function onSealed(database: PreparedDatabase, listener: () => void): () => void {
  const others = listeners.get(database) ?? new Set();
  listeners.set(database, others.add(listener));
  return () => void others.delete(listener);
}

/** Calls the listeners after changes in a database have been sealed. */
export function announceSealed(database: PreparedDatabase): void {
  for (const listener of listeners.get(database) ?? []) listener();
}
