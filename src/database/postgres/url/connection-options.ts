import type { DataSource, DataSourceOptions } from 'typeorm';
import type { ConnectionLimits } from '../../sql/dialect.js';
import { clientOfSeveral } from './several-hosts.js';
import { readUrlHosts } from './url-hosts.js';
import { readUrlParameters } from './url-parameters.js';
import { readUrlTls } from './url-tls.js';

/** How much longer than the server's own limit the driver waits for a statement, in milliseconds: a stuck server does not enforce its limit. */
const PATIENCE = 1000;
/** How long a connection is idle before the kernel probes the other end, in milliseconds. */
const KEEP_ALIVE = 10_000;

/** What the registry reads from `extra` of a DataSource's options; a host can set `prepare`. */
interface Extra {
  /** False behind a pooler that shares sessions between clients: no statement is named, and no time limit is sent when a connection starts. */
  prepare?: boolean;
  /** Settings of the registry's own transactions, in milliseconds, where they cannot be sent when a connection starts. */
  local?: { statement_timeout?: number; lock_timeout?: number };
}

/**
 * Returns TypeORM's options for PostgreSQL.
 *
 * @param url `postgres://…`; its own parameters take precedence over `limits`, see {@link readUrlParameters}
 * @param limits of the connections. Default: the driver's
 * @throws Error that says what is wrong with the URL
 */
export function connectionOptions(url: string, limits?: ConnectionLimits): DataSourceOptions {
  const parameters = readUrlParameters(url);
  const tls = readUrlTls(parameters.url);
  const { url: address, hosts, attribute } = readUrlHosts(tls.url);
  const ways = hosts.flatMap((host) => (tls.encryptions?.(host.host) ?? [undefined]).map((ssl) => ({ ...host, ssl })));
  const [{ ssl } = {}, another] = ways;
  const { poolSize, connectTimeout, lockTimeout, ...others } = { ...limits, ...parameters.limits };
  const statementTimeout = limits?.statementTimeout === 0 ? 0 : others.statementTimeout;
  // A pooler rejects a connection that starts with time limits: they would remain in a session that it hands to another client.
  const timeouts = { statement_timeout: statementTimeout, lock_timeout: lockTimeout };
  const extra = parameters.prepare ? timeouts : ({ prepare: false, local: timeouts } satisfies Extra);
  return {
    type: 'postgres',
    url: address,
    applicationName: 'oauth2-client-registry',
    poolSize,
    connectTimeoutMS: connectTimeout,
    extra: {
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE,
      ...(statementTimeout && { query_timeout: statementTimeout + PATIENCE }),
      ...extra,
      ...(ssl !== undefined && { ssl }),
      ...((attribute ?? another) && { Client: clientOfSeveral(ways, attribute) }),
    },
  };
}

function extraOf({ options }: DataSource): Extra {
  return (options.extra ?? {}) as Extra;
}

/** Whether statements can be prepared on the connections of a DataSource: unless its URL or its `extra` sets `prepare` to false. */
export function preparesStatements(dataSource: DataSource): boolean {
  const { options } = dataSource;
  const url = 'url' in options && options.url ? options.url : '';
  return extraOf(dataSource).prepare !== false && readUrlParameters(url).prepare;
}

/** Returns the statements that begin one of the registry's own transactions, whatever the server's defaults are. */
export function beginningOf(dataSource: DataSource): string {
  const settings = Object.entries(extraOf(dataSource).local ?? {}).filter(([, value]) => value !== undefined);
  const local = settings.map(([name, value]) => `SET LOCAL ${name} = ${value}`);
  return ['BEGIN ISOLATION LEVEL READ COMMITTED', ...local].join('; ');
}
