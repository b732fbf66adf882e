import { X509Certificate } from 'node:crypto';

/** The certificate with this DER; `undefined` when the bytes are not one certificate and nothing else. */
export function certificateOf(bytes: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(bytes);
    // Node would take PEM, too, and ignore what follows a certificate.
    return certificate.raw.equals(bytes) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
