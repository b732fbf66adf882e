import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { Logger, type NestApplicationOptions } from '@nestjs/common';
import { isPem } from '../../authentication/mtls/pem.js';
import { ConfigError, type Config } from '../config/config.js';
import { textOfFile, type FileSetting } from '../config/setting-files.js';

type HttpsOptions = NestApplicationOptions['httpsOptions'] & Pick<TlsOptions, 'handshakeTimeout'>;

/** How often the files are read, in milliseconds. They are polled, not watched: Kubernetes replaces them by moving a link. */
const INTERVAL = 2000;

/** The settings that name the files of a listener's TLS. */
export interface TlsSettings {
  /** Name of all these settings in messages. */
  all: string;
  cert: FileSetting;
  key: FileSetting;
  /** The authorities of client certificates. Default: the listener asks for none. */
  clientCa?: FileSetting;
}

/** The TLS settings of the admin listener. */
export const ADMIN_TLS: TlsSettings = {
  all: 'ADMIN_TLS_…',
  cert: 'ADMIN_TLS_CERT',
  key: 'ADMIN_TLS_KEY',
  clientCa: 'ADMIN_TLS_CLIENT_CA',
};

/** The TLS settings of the public listener. */
export const PUBLIC_TLS: TlsSettings = { all: 'PUBLIC_TLS_…', cert: 'PUBLIC_TLS_CERT', key: 'PUBLIC_TLS_KEY' };

/** The certificate of a listener and the authorities of client certificates, read again when their files change. */
export class ListenerCertificate {
  /** The servers to which changed files apply, each with a function that is called when the authorities change. */
  private readonly servers = new Map<Server, () => void>();
  private timer?: NodeJS.Timeout | undefined;
  private readonly logger = new Logger(ListenerCertificate.name);
  private used: SecureContextOptions;
  /** What is wrong with the files, as it was logged; empty when nothing is. */
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
   * Returns the certificate that a configuration names; `undefined` when the listener speaks plain HTTP.
   *
   * @param settings the TLS settings of the listener
   * @throws ConfigError when the files cannot be used
   */
  static of(config: Config, settings: TlsSettings): ListenerCertificate | undefined {
    const { all, cert, key, clientCa } = settings;
    const isSet = (name: FileSetting | undefined): boolean => name !== undefined && config[name] !== '';
    if (!isSet(cert) && !isSet(key) && !isSet(clientCa)) return undefined;
    if (!isSet(cert) || !isSet(key)) throw new ConfigError(`${cert} and ${key} must both be set, or none of ${all}.`);
    return new ListenerCertificate(config, settings);
  }

  /** Options of a server. It requests a client certificate if it has authorities to verify one, and leaves the rejection to the guard. */
  get options(): HttpsOptions {
    return {
      ...this.used,
      requestCert: this.used.ca !== undefined,
      rejectUnauthorized: false,
      handshakeTimeout: this.config.ADMIN_HEADERS_TIMEOUT,
    };
  }

  /** Whether the files as they are now cannot be used, so that the previous contents stay in use. */
  get isStale(): boolean {
    return this.fault !== '';
  }

  /** When the certificate in use expires, in seconds since the epoch. */
  get endsAt(): number {
    return Date.parse(new X509Certificate(String(this.used.cert)).validTo) / 1000;
  }

  /**
   * Applies changes of the files to new connections of a server, as long as the server runs. Files that cannot be used are logged once, and
   * change nothing.
   *
   * @param distrust is called when the authorities of client certificates change: open connections were verified by the previous ones
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
        // Node drops each option that is not passed again, and the tickets by which callers resume earlier TLS sessions.
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

/** Throws when the files are not PEM, or do not match. Node itself ignores authorities that it cannot parse. */
function requireUsable(files: SecureContextOptions): void {
  createSecureContext(files);
  if (files.ca !== undefined && !isPem(String(files.ca))) throw new Error('an authority is not a certificate in PEM');
}
