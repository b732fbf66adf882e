import { createHash } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { certificateNamesOf } from '../../clients/metadata/certificate-names.js';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { ClientKeySets } from '../keys/client-key-sets.js';
import { isCurrent, type Certificate } from './certificate.js';
import { hasName, isOfOneKey } from './certificate-match.js';
import { CertificateOptions } from './certificate.options.js';
import { readPem, readPresented } from './pem.js';
import { isTrusted } from './trusted-path.js';

/** The client that a certificate is verified against. Unset members may be missing; a client that does not exist has only its id. */
export type CertifiedClient = { id: string } & Partial<ClientMetadata>;

/** A certificate that authenticates its client. */
export interface ProvenCertificate {
  /** `x5t#S256` (RFC 8705 §3.1). */
  thumbprint: string;
  /** When it ends, in seconds since the epoch. */
  expiresAt: number;
}

/**
 * Verifies the certificates with which clients authenticate: `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705 §2). The TLS
 * connection has already proved that the client has the private key of its certificate.
 */
@Injectable()
export class CertificateVerifier implements OnModuleInit {
  private readonly logger = new Logger('ClientAuthentication');
  private authorities: readonly Certificate[] = [];

  constructor(
    private readonly options: CertificateOptions,
    private readonly keySets: ClientKeySets,
  ) {}

  /** @throws Error when the certificate of an authority has an extension twice, or is otherwise malformed */
  async onModuleInit(): Promise<void> {
    const { authorities } = this.options;
    this.authorities = await readPem(authorities);
    if (authorities !== '' && this.authorities.length === 0)
      throw new Error('One of the certificates of authorities is malformed, or has an extension twice.');
  }

  /**
   * Verifies a certificate. A rejection takes equally long whether the client exists or not, unless keys must be fetched.
   *
   * @param presented PEM text, the client's certificate first and up to four others after it, at most 64 KiB; or the DER of one
   * @returns `undefined` when the certificate is rejected; the reason is logged at the level `debug`
   */
  async verify(presented: string | Uint8Array, client: CertifiedClient): Promise<ProvenCertificate | undefined> {
    const certificates = await readPresented(presented);
    const [own] = certificates;
    const fault = own
      ? await this.faultOf(own, certificates, client)
      : 'it is not PEM or DER of up to 5 certificates and 64 KiB';
    if (own && fault === undefined) return { thumbprint: thumbprintOf(own), expiresAt: Math.floor(own.ends / 1000) };
    this.logger.debug(`A certificate of the client ${JSON.stringify(client.id)} was refused: ${fault}.`);
    return undefined;
  }

  /** Returns what is wrong with a certificate, as the end of a sentence; `undefined` when nothing is. */
  private async faultOf(
    own: Certificate,
    all: readonly Certificate[],
    client: CertifiedClient,
  ): Promise<string | undefined> {
    const now = Date.now();
    if (!isCurrent(own, now)) return 'it has expired, or is not valid yet';
    // The path is followed whoever the client is, since that takes longer than all else: so each rejection takes equally long.
    const isVouchedFor = isTrusted(all, this.authorities, now);
    if (client.token_endpoint_auth_method === 'self_signed_tls_client_auth')
      return (await this.keySets.fit(client, (keys) => isOfOneKey(own, keys)))
        ? undefined
        : 'it is not of a key of the client';
    if (client.token_endpoint_auth_method !== 'tls_client_auth') return 'the client has another method';
    if (this.authorities.length === 0) return 'no authorities are configured';
    const [name, ...others] = certificateNamesOf(client);
    if (!name || others.length > 0) return 'the client does not say by exactly one name which certificate it has';
    if (!hasName(own, name)) return 'it does not have the name that the client has registered';
    return isVouchedFor ? undefined : 'no authority vouches for it as a certificate for clients';
  }
}

function thumbprintOf({ node }: Certificate): string {
  return createHash('sha256').update(node.raw).digest('base64url');
}
