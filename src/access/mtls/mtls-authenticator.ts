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

/** Accepts callers with a client certificate of which one name is known. */
export class MtlsAuthenticator implements Authenticator {
  /**
   * @param principals the principals, by the names of their certificates
   * @param isProxy whether an address is that of a proxy that forwards its callers' certificates in `Client-Cert` (RFC 9440)
   */
  constructor(
    private readonly principals: CertifiedPrincipals,
    private readonly isProxy: (address: string | undefined) => boolean,
  ) {}

  /**
   * @returns `undefined` when the request has no certificate, or has other credentials, which take precedence: a gateway may send
   *   its caller's token over a connection with its own certificate
   * @throws OAuthError 401 when the certificate is not valid, or unknown; 429 after too many such requests
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

  /** Returns the certificate that a proxy or this listener's TLS has verified; `undefined` for none, `null` for one that is not valid. */
  private certificateOf({ headers, socket }: IncomingMessage): X509Certificate | null | undefined {
    const passedOn = headers['client-cert'];
    if (passedOn !== undefined && this.isProxy(socket.remoteAddress)) return certificateIn(String(passedOn));
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    return certificate && !(socket as TLSSocket).authorized ? null : certificate;
  }

  /** Returns the principal that a certificate names; `undefined` when the certificate is not valid now, or unknown. */
  private holderOf(certificate: X509Certificate): Principal | undefined {
    const now = Date.now();
    // A connection may outlive the certificate that it was opened with.
    const isValid = now >= Date.parse(certificate.validFrom) && now <= Date.parse(certificate.validTo);
    const names = isValid ? keysOf(certificate) : new Set<string>();
    return [...this.principals].find(([key]) => names.has(key))?.[1];
  }
}

/** Parses a `Client-Cert` header: DER in base64, between colons (RFC 9440 §2.1); returns `null` when it is malformed. */
function certificateIn(header: string): X509Certificate | null {
  const [, text] = /^:([\d+/A-Za-z]+={0,2}):$/.exec(header) ?? [];
  return certificateOf(Buffer.from(text ?? '', 'base64')) ?? null;
}
