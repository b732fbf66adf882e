import { ValidateBy } from 'class-validator';
import { isPem } from './pem.js';

/** Accepts PEM text with at least one certificate, and `''`. */
export function PemCertificates(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'pemCertificates',
      validator: {
        validate: (value) => value === '' || (typeof value === 'string' && isPem(value)),
      },
    },
    { message: 'must be certificates in PEM' },
  );
}

/** Whose certificates clients authenticate with. */
export class CertificateOptions {
  /**
   * Certificates of the authorities that clients of the method `tls_client_auth` have theirs from, in PEM. Each counts as an authority,
   * whoever issued it. Default none: then `tls_client_auth` is refused.
   */
  @PemCertificates()
  authorities = '';
}
