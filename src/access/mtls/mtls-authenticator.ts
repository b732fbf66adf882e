import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { credentialsRefused } from '../access-errors.js';
import type { Authenticator } from '../authenticator.js';
import type { Principal } from '../principal.js';
import { keysOf } from './certificate-names.js';
import { certificateOf } from './der.js';
import type { CertifiedPrincipals } from './certified-principals.js';

/** Lets in who has a client certificate that is known by one of its names. */
export class MtlsAuthenticator implements Authenticator {
  /**
   * @param principals who has which certificate
   * @param isProxy is this the address of a proxy that passes on the certificates of its callers in `Client-Cert` (RFC 9440)?
   */
  constructor(
    private readonly principals: CertifiedPrincipals,
    private readonly isProxy: (address: string | undefined) => boolean,
  ) {}

  /**
   * @returns `undefined` when the request has no certificate, or has other credentials: these count, since a gateway may send
   *   its caller's token over a connection with its own certificate
   * @throws OAuthError 401 when the certificate is not valid, or unknown
   */
  authenticate(request: IncomingMessage): Promise<Principal | undefined> {
    if (request.headers.authorization) return Promise.resolve(undefined);
    const certificate = this.certificateOf(request);
    return Promise.resolve(certificate && this.holderOf(certificate));
  }

  /** The certificate of a request, which a proxy has verified, or the TLS of the listener. */
  private certificateOf({ headers, socket }: IncomingMessage): X509Certificate | undefined {
    const passedOn = headers['client-cert'];
    if (passedOn !== undefined && this.isProxy(socket.remoteAddress)) return certificateIn(String(passedOn));
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    if (certificate && !(socket as TLSSocket).authorized) throw credentialsRefused();
    return certificate;
  }

  private holderOf(certificate: X509Certificate): Principal {
    const now = Date.now();
    // A connection may outlive the certificate that it began with.
    const isValid = now >= Date.parse(certificate.validFrom) && now <= Date.parse(certificate.validTo);
    const names = isValid ? keysOf(certificate) : new Set<string>();
    for (const [key, principal] of this.principals) if (names.has(key)) return principal;
    throw credentialsRefused();
  }
}

/**
 * The certificate in a `Client-Cert` header: its DER between colons, in base64 (RFC 9440 §2.1).
 *
 * @throws OAuthError 401 when it is malformed
 */
function certificateIn(header: string): X509Certificate {
  const [, text] = /^:([\d+/A-Za-z]+={0,2}):$/.exec(header) ?? [];
  const certificate = certificateOf(Buffer.from(text ?? '', 'base64'));
  if (!certificate) throw credentialsRefused();
  return certificate;
}
