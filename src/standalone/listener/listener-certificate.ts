import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { Logger, type NestApplicationOptions } from '@nestjs/common';
import { ConfigError, type Config } from '../config/config.js';
import { textOfFile } from '../config/setting-files.js';

type HttpsOptions = NestApplicationOptions['httpsOptions'] & Pick<TlsOptions, 'handshakeTimeout'>;

/** How often the files are read, in milliseconds. They are read, not watched: Kubernetes replaces them by moving a link. */
const INTERVAL = 2000;

/** The certificate of the listener and the authorities of client certificates, as their files have them. */
export class ListenerCertificate {
  /** Those whose new connections have what the files have, and what is called when there are other authorities. */
  private readonly servers = new Map<Server, () => void>();
  private timer?: NodeJS.Timeout | undefined;
  private readonly logger = new Logger(ListenerCertificate.name);
  private used: SecureContextOptions;
  /** What is wrong with the files, as the log has said it; empty when nothing is. */
  private fault = '';

  /** @throws ConfigError when the files cannot be used */
  private constructor(private readonly config: Config) {
    this.used = this.read();
    try {
      requireUsable(this.used);
    } catch (error) {
      throw new ConfigError(`The files of ADMIN_TLS_… cannot be used: ${(error as Error).message}.`);
    }
  }

  /**
   * That of a configuration; `undefined` when the listener speaks plain HTTP.
   *
   * @throws ConfigError when the files cannot be used
   */
  static of(config: Config): ListenerCertificate | undefined {
    const { ADMIN_TLS_CERT: cert, ADMIN_TLS_KEY: key, ADMIN_TLS_CLIENT_CA: ca } = config;
    if (cert === '' && key === '' && ca === '') return undefined;
    if (cert === '' || key === '')
      throw new ConfigError('ADMIN_TLS_CERT and ADMIN_TLS_KEY must both be set, or none of ADMIN_TLS_….');
    return new ListenerCertificate(config);
  }

  /** Options of a server. It asks for a client certificate where one can be verified, and leaves it to the guard to refuse. */
  get options(): HttpsOptions {
    return {
      ...this.used,
      requestCert: this.used.ca !== undefined,
      rejectUnauthorized: false,
      handshakeTimeout: this.config.ADMIN_HEADERS_TIMEOUT,
    };
  }

  /** Can the files as they are now not be used, so that those before go on? */
  get isStale(): boolean {
    return this.fault !== '';
  }

  /** When the certificate that is used ends, in seconds since the epoch. */
  get endsAt(): number {
    return Date.parse(new X509Certificate(String(this.used.cert)).validTo) / 1000;
  }

  /**
   * Lets new connections of a server have what the files have, as long as the server runs. Files that cannot be used are one
   * line of the log, and change nothing.
   *
   * @param distrust is called when there are other authorities of client certificates: connections have those of before
   */
  renewFor(server: Server, distrust: () => void): void {
    this.servers.set(server, distrust);
    this.timer ??= setInterval(() => this.renew(), INTERVAL).unref();
    server.once('close', () => {
      this.servers.delete(server);
      if (this.servers.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    });
  }

  private renew(): void {
    const before = this.used;
    try {
      const files = this.read();
      if (JSON.stringify(files) !== JSON.stringify(before)) {
        requireUsable(files);
        // Node forgets whatever option is not named again, and the tickets by which callers resume what they had.
        for (const server of this.servers.keys()) server.setSecureContext(files);
        this.used = files;
        this.logger.log('The files of ADMIN_TLS_… have changed: new connections have the new ones.');
        if (files.ca !== before.ca) for (const distrust of this.servers.values()) distrust();
      }
      this.fault = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault)
        this.logger.warn(`The files of ADMIN_TLS_… cannot be used, and the ones before go on: ${message}`);
      this.fault = message;
    }
  }

  private read(): SecureContextOptions {
    return {
      cert: textOfFile(this.config, 'ADMIN_TLS_CERT'),
      key: textOfFile(this.config, 'ADMIN_TLS_KEY'),
      ...(this.config.ADMIN_TLS_CLIENT_CA && { ca: textOfFile(this.config, 'ADMIN_TLS_CLIENT_CA') }),
      minVersion: 'TLSv1.2',
    };
  }
}

/** Throws when the files are not PEM, or do not belong together. Node takes a list of authorities without a certificate for none. */
function requireUsable(files: SecureContextOptions): void {
  const authority = files.ca === undefined ? undefined : new X509Certificate(String(files.ca));
  createSecureContext({ ...files, ca: authority?.toString() });
}
