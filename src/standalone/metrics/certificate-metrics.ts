import { Gauge, type Registry } from 'prom-client';
import type { ListenerCertificate } from '../listener/listener-certificate.js';

/** The current certificates of the listeners; `undefined` for a listener that speaks plain HTTP. */
export interface Certificates {
  /** The certificate of the admin listener. */
  admin: ListenerCertificate | undefined;
  /** The certificate of the public listener; `undefined` also when there is no such listener. */
  public: ListenerCertificate | undefined;
}

/**
 * Adds the metrics of the listeners' certificates. The public listener has values only when it has a certificate.
 *
 * @param registry where the numbers are kept
 * @param now returns the current certificates
 */
export function measureCertificates(registry: Registry, now: () => Certificates): void {
  const gauge = (name: string, help: string, value: (certificate: ListenerCertificate | undefined) => number) =>
    new Gauge({
      name: `oauth2_registry_tls_${name}`,
      help,
      labelNames: ['listener'],
      registers: [registry],
      collect() {
        const certificates = now();
        this.set({ listener: 'admin' }, value(certificates.admin));
        if (certificates.public) this.set({ listener: 'public' }, value(certificates.public));
      },
    });
  gauge(
    'reload_failed',
    '1 while the files of ADMIN_TLS_… or PUBLIC_TLS_… cannot be used, so that those before go on; otherwise 0.',
    (certificate) => (certificate?.isStale ? 1 : 0),
  );
  gauge(
    'certificate_end_timestamp_seconds',
    'When the certificate of the listener ends, in seconds since the epoch; NaN without one.',
    (certificate) => certificate?.endsAt ?? Number.NaN,
  );
}
