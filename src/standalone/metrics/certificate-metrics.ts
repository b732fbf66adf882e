import { Gauge, type Registry } from 'prom-client';
import type { ListenerCertificate } from '../listener/listener-certificate.js';

/**
 * Shows how it is with the certificate of the listener.
 *
 * @param registry where the numbers are kept
 * @param certificate `undefined` when the listener speaks plain HTTP
 */
export function measureCertificate(registry: Registry, certificate: ListenerCertificate | undefined): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `oauth2_registry_tls_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  gauge(
    'reload_failed',
    '1 while the files of ADMIN_TLS_… cannot be used, so that those before go on; otherwise 0.',
    () => (certificate?.isStale ? 1 : 0),
  );
  gauge(
    'certificate_end_timestamp_seconds',
    'When the certificate of the listener ends, in seconds since the epoch; NaN without one.',
    () => certificate?.endsAt ?? Number.NaN,
  );
}
