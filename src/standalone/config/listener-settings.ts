import { Matches } from 'class-validator';
import { HostList } from '../../http/outbound/guarded-fetch.js';
import { AuthenticationSettings } from './authentication-settings.js';
import { AddressRanges, PublicPath } from './values/proxies.js';
import { Above, Count, HOST, List, Milliseconds, Port } from './values/variables.js';

/** The settings of the admin listener, of the timeouts of all listeners, and of their shutdown. */
export class ListenerSettings extends AuthenticationSettings {
  /** Address that the admin listener binds to. */
  @Matches(/^\S+$/, { message: HOST })
  ADMIN_HOST = '127.0.0.1';

  /** Port of the admin listener: the admin API, Swagger UI at `/docs`, the document at `/openapi.json`. */
  @Port()
  ADMIN_PORT = 4445;

  /** Further names that callers may use for the admin listener in `Host`, each as `host` or `host:port`, separated by commas. */
  @List()
  @HostList(', separated by commas')
  ADMIN_ALLOWED_HOSTS: string[] = [];

  /** Path under which callers know the service when a proxy cuts it off, such as `/registry`. */
  @PublicPath()
  ADMIN_PUBLIC_PATH = '';

  /**
   * Addresses and ranges of trusted proxies. Their `X-Forwarded-Prefix` replaces `ADMIN_PUBLIC_PATH`, their `X-Request-Id` is kept, their
   * `X-Forwarded-For` counts for `ADMIN_MAX_REFUSED`, and their `Client-Cert` for `mtls`.
   */
  @AddressRanges()
  ADMIN_TRUSTED_PROXIES: string[] = [];

  /**
   * How long an idle connection to a listener stays open, in milliseconds, 1 to 600,000. Choose more than the proxy in
   * front waits before it closes one, or the proxy now and then sends a request into a connection that is just closing.
   */
  @Milliseconds()
  ADMIN_KEEP_ALIVE_TIMEOUT = 65_000;

  /** How long the head of a request may take to arrive, in milliseconds, more than `ADMIN_KEEP_ALIVE_TIMEOUT`. */
  @Milliseconds()
  @Above('ADMIN_KEEP_ALIVE_TIMEOUT')
  ADMIN_HEADERS_TIMEOUT = 66_000;

  /** How long a whole request may take to arrive, in milliseconds, 1 to 600,000. `ADMIN_HEADERS_TIMEOUT` limits its head, too. */
  @Milliseconds()
  ADMIN_REQUEST_TIMEOUT = 120_000;

  /** How many connections to each listener may be open, 1 to 1,000,000; further ones are closed on arrival. */
  @Count(1_000_000)
  ADMIN_MAX_CONNECTIONS = 10_000;

  /**
   * How long the service goes on answering after a signal, in milliseconds, 0 to 600,000, while it reports that it is not ready. Choose more
   * than a load balancer takes to notice.
   */
  @Milliseconds(0)
  SHUTDOWN_DELAY = 0;

  /** Longest time that the service may take to end after that delay, in milliseconds, 1 to 600,000. */
  @Milliseconds()
  SHUTDOWN_TIMEOUT = 10_000;
}
