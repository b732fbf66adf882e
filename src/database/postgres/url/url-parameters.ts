import type { ConnectionLimits } from '../../sql/dialect.js';

/** What a URL says apart from the place of the database. */
export interface UrlParameters {
  /** The URL without the parameters that are read here; the driver reads the others. */
  url: string;
  /** Whether the server, or a pooler in front of it, keeps the prepared statements of a connection. */
  prepare: boolean;
  /** The limits in the URL. */
  limits: Partial<ConnectionLimits>;
}

/** Parameters that are limits: for each, its greatest value, and the factor that converts it to the unit of the limit. */
const LIMITS: Record<string, { limit: keyof ConnectionLimits; most: number; units: number }> = {
  pool_size: { limit: 'poolSize', most: 1000, units: 1 },
  // In seconds, as in libpq.
  connect_timeout: { limit: 'connectTimeout', most: 600, units: 1000 },
  statement_timeout: { limit: 'statementTimeout', most: 600_000, units: 1 },
  lock_timeout: { limit: 'lockTimeout', most: 600_000, units: 1 },
};

/**
 * Reads the parameters of a `postgres://` URL that the driver does not read: `prepare`, `pool_size`, `connect_timeout` in
 * seconds, `statement_timeout` and `lock_timeout` in milliseconds.
 *
 * @throws Error that names the parameter whose value is wrong, and never repeats the value
 */
export function readUrlParameters(url: string): UrlParameters {
  const [address = '', ...rest] = url.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const prepare = query.get('prepare') ?? 'true';
  if (!/^(true|false)$/.test(prepare)) throw new Error('prepare must be true or false');
  query.delete('prepare');
  const limits: Partial<ConnectionLimits> = {};
  for (const [name, { limit, most, units }] of Object.entries(LIMITS)) {
    const text = query.get(name);
    if (text === null) continue;
    const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most) throw new Error(`${name} must be a whole number from 1 to ${most}`);
    limits[limit] = value * units;
    query.delete(name);
  }
  const others = query.size > 0 ? `?${query.toString()}` : '';
  return { url: address + others, prepare: prepare === 'true', limits };
}
