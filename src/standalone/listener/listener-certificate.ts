import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { Logger, type NestApplicationOptions } from '@nestjs/common';
import { ConfigError, type Config } from '../config/config.js';
import { textOfFile, type FileSetting } from '../config/setting-files.js';

type HttpsOptions = NestApplicationOptions['httpsOptions'] & Pick<TlsOptions, 'handshakeTimeout'>;

/** How often the files are read, in milliseconds. They are read, not watched: Kubernetes replaces them by moving a link. */
const INTERVAL = 2000;

/** The settings that name the files of a listener's TLS. */
export interface TlsSettings {
  /** What they are called together. */
  all: string;
  cert: FileSetting;
  key: FileSetting;
  /** The authorities of client certificates. Default: the listener asks for none. */
  clientCa?: FileSetting;
}

/** Those of the admin listener. */
export const ADMIN_TLS: TlsSettings = {
  all: 'ADMIN_TLS_…',
  cert: 'ADMIN_TLS_CERT',
  key: 'ADMIN_TLS_KEY',
  clientCa: 'ADMIN_TLS_CLIENT_CA',
};

/** Those of the public listener. */
export const PUBLIC_TLS: TlsSettings = { all: 'PUBLIC_TLS_…', cert: 'PUBLIC_TLS_CERT', key: 'PUBLIC_TLS_KEY' };

/** The certificate of a listener and the authorities of client certificates, as their files have them. */
export class ListenerCertificate {
  /** Those whose new connections have what the files have, and what is called when there are other authorities. */
  private readonly servers = new Map<Server, () => void>();
  private timer?: NodeJS.Timeout | undefined;
  private readonly logger = new Logger(ListenerCertificate.name);
  private used: SecureContextOptions;
  /** What is wrong with the files, as the log has said it; empty when nothing is. */
  private fault = '';

  /** @throws ConfigError when the files cannot be used */
  private constructor(
    private readonly config: Config,
    private readonly settings: TlsSettings,
  ) {
    this.used = this.read();
    try {
      requireUsable(this.used);
    } catch (error) {
      throw new ConfigError(`The files of ${settings.all} cannot be used: ${(error as Error).message}.`);
    }
  }

  /**
   * That of a configuration; `undefined` when the listener speaks plain HTTP.
   *
   * @param settings those of the listener
   * @throws ConfigError when the files cannot be used
   */
  static of(config: Config, settings: TlsSettings): ListenerCertificate | undefined {
    const { all, cert, key, clientCa } = settings;
    const isSet = (name: FileSetting | undefined): boolean => name !== undefined && config[name] !== '';
    if (!isSet(cert) && !isSet(key) && !isSet(clientCa)) return undefined;
    if (!isSet(cert) || !isSet(key)) throw new ConfigError(`${cert} and ${key} must both be set, or none of ${all}.`);
    return new ListenerCertificate(config, settings);
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
        this.logger.log(`The files of ${this.settings.all} have changed: new connections have the new ones.`);
        if (files.ca !== before.ca) for (const distrust of this.servers.values()) distrust();
      }
      this.fault = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.fault)
        this.logger.warn(`The files of ${this.settings.all} cannot be used, and the ones before go on: ${message}`);
      this.fault = message;
    }
  }

  private read(): SecureContextOptions {
    const { cert, key, clientCa } = this.settings;
    return {
      cert: textOfFile(this.config, cert),
      key: textOfFile(this.config, key),
      ...(clientCa && this.config[clientCa] && { ca: textOfFile(this.config, clientCa) }),
      minVersion: 'TLSv1.2',
    };
  }
}

/** Throws when the files are not PEM, or do not belong together. Node takes a list of authorities without a certificate for none. */
function requireUsable(files: SecureContextOptions): void {
  const authority = files.ca === undefined ? undefined : new X509Certificate(String(files.ca));
  createSecureContext({ ...files, ca: authority?.toString() });
}
