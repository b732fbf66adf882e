import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { countedRefusal } from '../access-errors.js';
import type { Authenticator } from '../authenticator.js';
import type { Principal } from '../principal.js';
import type { Attempt } from '../refusals/refusals.js';
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
   * @throws OAuthError 401 when the certificate is not valid, or unknown, 429 after too many such
   */
  async authenticate(
    request: IncomingMessage,
    _: string | undefined,
    attempt?: Attempt,
  ): Promise<Principal | undefined> {
    if (request.headers.authorization) return undefined;
    const certificate = this.certificateOf(request);
    if (certificate === undefined) return undefined;
    const holder = certificate && this.holderOf(certificate);
    if (!holder) throw countedRefusal(attempt);
    return holder;
  }

  /** The certificate of a request, which a proxy has verified, or the TLS of the listener; `null` for one that is not valid. */
  private certificateOf({ headers, socket }: IncomingMessage): X509Certificate | null | undefined {
    const passedOn = headers['client-cert'];
    if (passedOn !== undefined && this.isProxy(socket.remoteAddress)) return certificateIn(String(passedOn));
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    return certificate && !(socket as TLSSocket).authorized ? null : certificate;
  }

  /** Who has a certificate; `undefined` when it is not valid now, or unknown. */
  private holderOf(certificate: X509Certificate): Principal | undefined {
    const now = Date.now();
    // A connection may outlive the certificate that it began with.
    const isValid = now >= Date.parse(certificate.validFrom) && now <= Date.parse(certificate.validTo);
    const names = isValid ? keysOf(certificate) : new Set<string>();
    return [...this.principals].find(([key]) => names.has(key))?.[1];
  }
}

/** The certificate in a `Client-Cert` header: its DER between colons, in base64 (RFC 9440 §2.1); `null` when it is malformed. */
function certificateIn(header: string): X509Certificate | null {
  const [, text] = /^:([\d+/A-Za-z]+={0,2}):$/.exec(header) ?? [];
  return certificateOf(Buffer.from(text ?? '', 'base64')) ?? null;
}
