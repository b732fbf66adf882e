import type { Client, ClientConfig } from 'pg';
import { loadDriverPackage } from '../../sql/driver-package.cjs';
import { codeOf } from '../../sql/unavailable.js';
import type { Encryption } from './url-tls.js';

/** Where a server listens. */
export interface Host {
  host: string;
  port: number;
}

/** A way to connect to a server: its address, and whether to use TLS. */
export interface Way extends Host {
  /** Default: the driver's. */
  ssl?: Encryption | undefined;
}

/** SQL conditions on a session, by their names in libpq's `target_session_attrs`; only names that suit a registry, which must write. */
const ATTRIBUTES: Record<string, string> = {
  any: 'true',
  primary: 'NOT pg_is_in_recovery()',
  'read-write': `current_setting('transaction_read_only') = 'off'`,
};

/** Values that `target_session_attrs` can have. */
export const SESSION_ATTRIBUTES = Object.keys(ATTRIBUTES);

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * Returns a class of connections for pg's pool. Each connection uses the first of `ways` whose server answers and has the attribute.
 *
 * @param attribute what the session must be able to do, one of {@link SESSION_ATTRIBUTES}. Default `any`
 */
export function clientOfSeveral(ways: readonly Way[], attribute = 'any'): typeof Client {
  const driver = loadDriverPackage('pg') as { Client: typeof Client };
  /** Returns the time-out of one way: the ways share the time that a connection can take. */
  const shareOf = ({ connectionTimeoutMillis = 0 }: ClientConfig) => Math.ceil(connectionTimeoutMillis / ways.length);

  /** @throws the driver's error when a connection this way fails */
  async function fits(way: Way, config: ClientConfig): Promise<boolean> {
    const probe = new driver.Client({ ...config, connectionTimeoutMillis: shareOf(config) });
    // A connection that is lost between two statements emits an event; the next statement fails as well.
    probe.on('error', () => undefined);
    send(probe, way);
    try {
      await probe.connect();
      const { rows } = await probe.query<{ fits: boolean }>(`SELECT ${ATTRIBUTES[attribute]} AS fits`);
      return rows[0]?.fits === true;
    } finally {
      void probe.end().catch(() => undefined);
    }
  }

  async function find(config: ClientConfig): Promise<Way> {
    let isReached = false;
    const failures: Error[] = [];
    for (const way of ways) {
      try {
        if (await fits(way, config)) return way;
        isReached = true;
      } catch (error) {
        failures.push(error as Error);
      }
    }
    if (isReached) throw new Error(`no host that DATABASE_URL names is ${attribute} (target_session_attrs)`);
    throw allOf(failures);
  }

  /** Reports the result of a connection to pg's pool, which waits by callback. */
  async function report(connected: Promise<Client>, callback: Connected): Promise<void> {
    const done = callback as (error: Error | null, client?: Client) => void;
    let client: Client;
    try {
      client = await connected;
    } catch (error) {
      return done(error as Error);
    }
    done(null, client);
  }

  return class extends driver.Client {
    constructor(private readonly config: ClientConfig) {
      super(config);
    }

    override connect(): Promise<Client>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<Client> | void {
      const connected = find(this.config).then((way) => {
        send(this, way);
        return super.connect();
      });
      if (!callback) return connected;
      void report(connected, callback);
    }
  };
}

/** Sets the way of a connection that has not begun to connect. */
function send(client: Client, { host, port, ssl }: Way): void {
  Object.assign(client, { host, port });
  if (ssl === undefined) return;
  Object.assign(client, { ssl });
  Object.assign((client as unknown as { connection: object }).connection, { ssl });
}

/** Returns the last error with the messages of all: the error of a connection in the clear does not say why the one with TLS failed. */
function allOf(failures: readonly Error[]): Error | undefined {
  const messages = new Set(failures.map(({ message }) => message).filter(Boolean));
  const last = failures.at(-1);
  return messages.size < 2 ? last : Object.assign(new Error([...messages].join('; ')), { code: last && codeOf(last) });
}
