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

/** Which certificates authenticate clients. */
export class CertificateOptions {
  /**
   * Certificates, in PEM, of the authorities that issue certificates to clients of the method `tls_client_auth`. Each is trusted as an
   * authority, whoever issued it. Default none: `tls_client_auth` is then rejected.
   */
  @PemCertificates()
  authorities = '';
}
