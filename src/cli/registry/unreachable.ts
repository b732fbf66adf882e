/** A running service, and how it is called. */
export interface Service {
  /** Its URL, with the prefix of a gateway. */
  url: string;
  /** Bearer token; `''` for none. */
  token: string;
  /** How long a request may take, in milliseconds. */
  timeout: number;
}

/** The error for a service that cannot be used: it cannot be reached, is not the registry, or does not let the caller in. */
export class ServiceError extends Error {}

/** What is wrong with a connection and how to correct it, by the error code of Node. */
export const NETWORK_REASONS: Record<string, string> = {
  ECONNREFUSED: 'no server listens there; start it, or correct the host and the port',
  ENOTFOUND: 'the host is unknown; correct it',
  EAI_AGAIN: 'the host cannot be looked up at the moment; correct it, or try again',
  ETIMEDOUT: 'the server does not answer; correct the host and the port',
};

/** As {@link NETWORK_REASONS}, for the codes that only HTTP and TLS have. */
const HTTP_REASONS: Record<string, string> = {
  ...NETWORK_REASONS,
  EHOSTUNREACH: 'there is no way to the host; correct it',
  ENETUNREACH: 'there is no way to the host; correct it',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not answer; correct the host and the port',
  ECONNRESET: 'the server closed the connection; look into its log, or try again',
  UND_ERR_SOCKET: 'the server closed the connection; look into its log, or try again',
  EPROTO: 'what listens there does not speak TLS; use http, or correct the port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there does not speak TLS; use http, or correct the port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what listens there does not speak TLS; use http, or correct the port',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host; correct the host',
};

/** Codes of Node for a certificate whose issuer is not trusted. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * Returns the error for a request that `fetch` could not complete.
 *
 * @param service the service that was called
 * @param error what `fetch` threw
 * @param isChange whether the request may have changed something before it failed
 */
export function unreachable({ url, timeout }: Service, error: unknown, isChange: boolean): ServiceError {
  const isLate = (error as Error).name === 'TimeoutError';
  const reason = isLate ? `it did not answer within ${timeout} ms; see OAUTH2_REGISTRY_TIMEOUT` : reasonOf(error);
  const doubt = isChange ? ' Look whether the change was made before you repeat it.' : '';
  return new ServiceError(`The service at ${url} cannot be used: ${reason}.${doubt}`);
}

function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { code = '', message = '' } = cause as Partial<NodeJS.ErrnoException>;
  if (UNTRUSTED.has(code))
    return 'the issuer of its certificate is not trusted; name the CA file in NODE_EXTRA_CA_CERTS';
  if (code.startsWith('HPE_')) return 'what listens there does not speak HTTP; correct the port, or use https';
  return HTTP_REASONS[code] ?? `${(message || code).replace(/\.$/, '')}; correct the URL`;
}
