import { X509Certificate } from 'node:crypto';

/** Parses a certificate in DER; returns `undefined` when the bytes are not exactly one certificate. */
export function certificateOf(bytes: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(bytes);
    // Node would also accept PEM, and ignore bytes after a certificate.
    return certificate.raw.equals(bytes) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
