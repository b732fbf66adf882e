import type { Client, ClientConfig } from 'pg';
import { loadDriverPackage } from '../../sql/driver-package.cjs';
import { codeOf } from '../../sql/unavailable.js';
import type { Encryption } from './url-tls.js';

/** Where a server listens. */
export interface Host {
  host: string;
  port: number;
}

/** A way to connect to a server. */
export interface Way extends Host {
  /** Default what the driver does. */
  ssl?: Encryption | undefined;
}

/** Conditions on a session, by the names that libpq's `target_session_attrs` gives them. The registry has to write. */
const ATTRIBUTES: Record<string, string> = {
  any: 'true',
  primary: 'NOT pg_is_in_recovery()',
  'read-write': `current_setting('transaction_read_only') = 'off'`,
};

/** Names that `target_session_attrs` may have. */
export const SESSION_ATTRIBUTES = Object.keys(ATTRIBUTES);

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * The class of connections for pg's pool, each of which goes the first of several ways on which a server answers and fits.
 *
 * @param attribute what the session must be able to do, one of {@link SESSION_ATTRIBUTES}. Default `any`
 */
export function clientOfSeveral(ways: readonly Way[], attribute = 'any'): typeof Client {
  const driver = loadDriverPackage('pg') as { Client: typeof Client };
  /** The ways share the time that a connection may take. */
  const shareOf = ({ connectionTimeoutMillis = 0 }: ClientConfig) => Math.ceil(connectionTimeoutMillis / ways.length);

  /** @throws the driver's error when there is no connection this way */
  async function fits(way: Way, config: ClientConfig): Promise<boolean> {
    const probe = new driver.Client({ ...config, connectionTimeoutMillis: shareOf(config) });
    // A connection that is lost between two statements is an event, which the next statement reports as well.
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

  /** Tells pg's pool, which waits by callback, how a connection went. */
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

/** Sends a connection that has not begun a certain way. */
function send(client: Client, { host, port, ssl }: Way): void {
  Object.assign(client, { host, port });
  if (ssl === undefined) return;
  Object.assign(client, { ssl });
  Object.assign((client as unknown as { connection: object }).connection, { ssl });
}

/** The last error, with what the others say: on the way in the clear a server says nothing of what was wrong on that with TLS. */
function allOf(failures: readonly Error[]): Error | undefined {
  const messages = new Set(failures.map(({ message }) => message).filter(Boolean));
  const last = failures.at(-1);
  return messages.size < 2 ? last : Object.assign(new Error([...messages].join('; ')), { code: last && codeOf(last) });
}
