import type { Client, ClientConfig } from 'pg';
import { loadDriverPackage } from '../sql/driver-package.cjs';

/** Where a server listens. */
export interface Host {
  host: string;
  port: number;
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
 * The class of connections for pg's pool, each of which goes to the first of several hosts that answers and fits.
 *
 * @param attribute what the session must be able to do, one of {@link SESSION_ATTRIBUTES}
 */
export function clientOfSeveral(hosts: readonly Host[], attribute: string): typeof Client {
  const driver = loadDriverPackage('pg') as { Client: typeof Client };
  /** The hosts share the time that a connection may take. */
  const shareOf = ({ connectionTimeoutMillis = 0 }: ClientConfig) => Math.ceil(connectionTimeoutMillis / hosts.length);

  /** @throws the driver's error when the host cannot be reached */
  async function fits(place: Host, config: ClientConfig): Promise<boolean> {
    const probe = new driver.Client({ ...config, connectionTimeoutMillis: shareOf(config) });
    // A connection that is lost between two statements is an event, which the next statement reports as well.
    probe.on('error', () => undefined);
    Object.assign(probe, place);
    try {
      await probe.connect();
      const { rows } = await probe.query<{ fits: boolean }>(`SELECT ${ATTRIBUTES[attribute]} AS fits`);
      return rows[0]?.fits === true;
    } finally {
      void probe.end().catch(() => undefined);
    }
  }

  async function find(config: ClientConfig): Promise<Host> {
    let isReached = false;
    let unreachable: unknown;
    for (const place of hosts) {
      try {
        if (await fits(place, config)) return place;
        isReached = true;
      } catch (error) {
        unreachable = error;
      }
    }
    throw isReached ? new Error(`no host that DATABASE_URL names is ${attribute} (target_session_attrs)`) : unreachable;
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
      const connected = find(this.config).then((place) => Object.assign(this, place) && super.connect());
      if (!callback) return connected;
      void report(connected, callback);
    }
  };
}
