import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { parsedUrl } from '../../fields/web-url.js';
import { isLoopback } from '../../http/accepted-hosts.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { RegistrationPolicies } from '../../registration/policy/registration-policies.js';
import { Config, ConfigError } from '../config/config.js';
import { admission, type Admission } from './admission.js';
import { AllowedOrigins, corsFor, localOrigins } from './cross-origin.js';
import { ListenerCertificate, PUBLIC_TLS } from './listener-certificate.js';
import { openServer } from './open-server.js';
import { isPublic, looksPublic } from './public-routes.js';
import type { ServiceAdapter } from './service.adapter.js';

const OFF = OAuthError.notFound('Dynamic client registration is switched off here: REGISTRATION is off.');
const ELSEWHERE = OAuthError.notFound('Clients are not registered here: that has a port of its own, PUBLIC_PORT.');
const NOT_PUBLIC = OAuthError.notFound('Only paths below /oauth2/ are here: the admin API has another port.');

/** A URL of this machine. */
const LOCAL = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/i;

/** The listener that serves only the public routes. It ends with the admin listener. */
@Injectable()
export class PublicListener implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Main');
  private server?: Server;

  /** Its URL, with its address; `undefined` unless it listens. */
  url?: string;

  private allowed?: AllowedOrigins;

  /** Its certificate; `undefined` when it speaks plain HTTP, and before the start. */
  certificate?: ListenerCertificate | undefined;

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost<ServiceAdapter>,
    private readonly modules: ModuleRef,
  ) {}

  /** @throws ConfigError for settings that contradict each other, and for files of TLS that cannot be used */
  onModuleInit(): void {
    const { publicPort, ADMIN_PORT, METRICS_PORT } = this.config;
    if (publicPort === undefined) return;
    const taken = Object.entries({ ADMIN_PORT, METRICS_PORT }).find(([, port]) => port === publicPort && port !== 0);
    if (taken) throw new ConfigError(`PUBLIC_PORT must not be ${taken[0]}: choose another.`);
    this.certificate = ListenerCertificate.of(this.config, PUBLIC_TLS);
  }

  /** @throws ConfigError when the server cannot listen there */
  async onApplicationBootstrap(): Promise<void> {
    const { publicPort, PUBLIC_HOST, PUBLIC_TRUSTED_PROXIES, REGISTRATION } = this.config;
    if (publicPort === undefined) return;
    this.server = this.host.httpAdapter.newOther({
      certificate: this.certificate,
      proxies: PUBLIC_TRUSTED_PROXIES,
      prefixOf: () => '',
    });
    this.url = await openServer(this.server, { port: publicPort, host: PUBLIC_HOST, setting: 'PUBLIC_PORT' });
    this.logger.log(`Public listener on ${this.url}, for ${this.config.PUBLIC_URL}; registration: ${REGISTRATION}.`);
    if (REGISTRATION === 'off') return;
    this.announcePolicies();
    this.warnOfUrl(this.server);
  }

  /** Logs which policies apply: without this, only one warning among others would show a misspelt variable. */
  private announcePolicies(): void {
    const { REGISTRATION, REGISTRATION_POLICIES } = this.config;
    const names = this.modules.get(RegistrationPolicies, { strict: false }).all.map(({ name }) => name);
    this.logger.log(`Clients register under these policies: ${names.join(', ')}.`);
    if (REGISTRATION === 'open' && REGISTRATION_POLICIES === '')
      this.logger.warn(
        'Everybody may register a client with any scope: name a file in REGISTRATION_POLICIES that says which.',
      );
  }

  /** Warns when `PUBLIC_URL` misleads clients: it names this machine, but the listener has another port or is not on a loopback address. */
  private warnOfUrl(server: Server): void {
    const { PUBLIC_URL } = this.config;
    const { address } = server.address() as AddressInfo;
    const isHere = isLoopback(address) && parsedUrl(PUBLIC_URL)?.port === parsedUrl(this.url ?? '')?.port;
    if (LOCAL.test(PUBLIC_URL) && !isHere)
      this.logger.warn(
        `Clients are told a registration_client_uri below ${PUBLIC_URL}, which does not lead them here: set PUBLIC_URL to the URL by which they know the public listener.`,
      );
  }

  /** Whether a request arrived at this listener. */
  serves(request: IncomingMessage): boolean {
    return this.server !== undefined && this.host.httpAdapter.otherOf(request) === this.server;
  }

  /**
   * Admits requests of this listener to the public routes only, and requests of other listeners to all other routes.
   *
   * @param others the middleware that admits requests of other listeners
   */
  admission(others: Admission): Admission {
    const isOff = this.config.REGISTRATION === 'off';
    let own: Admission | undefined;
    return (request, response, next) => {
      if (!this.serves(request)) {
        if (looksPublic(request.path)) next(isOff ? OFF : ELSEWHERE);
        else others(request, response, next);
        return;
      }
      own ??= this.server && this.ownAdmission(this.server);
      if (!isPublic(request.path)) next(NOT_PUBLIC);
      else if (isOff) next(OFF);
      else own?.(request, response, next);
    };
  }

  /** A list of the origin of `PUBLIC_URL`; empty when there is no public listener. */
  get originsOfUrl(): string[] {
    return this.config.publicPort === undefined ? [] : (/^https?:\/\/[^/]+/.exec(this.config.PUBLIC_URL) ?? []);
  }

  /** The CORS options of its requests; `undefined` when there is no public listener. */
  get cors(): CorsOptionsDelegate<IncomingMessage> | undefined {
    if (this.config.publicPort === undefined) return undefined;
    return corsFor((request) => (this.serves(request) ? this.origins() : undefined));
  }

  private ownAdmission(server: Server): Admission {
    const { PUBLIC_HOST, PUBLIC_ALLOWED_HOSTS, PUBLIC_URL } = this.config;
    return admission(server, {
      host: PUBLIC_HOST,
      names: [PUBLIC_URL.replace(/^https?:\/\/([^/]*).*/, '$1'), ...PUBLIC_ALLOWED_HOSTS],
      setting: 'PUBLIC_ALLOWED_HOSTS',
      pages: [],
      acceptsOrigin: (origin) => this.origins().has(origin),
    });
  }

  /** Returns the origins in `PUBLIC_CORS_ORIGINS`, and those of Swagger UI if the admin listener is on a loopback address. */
  private origins(): AllowedOrigins {
    const { PUBLIC_CORS_ORIGINS, DOCS } = this.config;
    const admin = this.host.httpAdapter.getHttpServer() as Server;
    // The admin listener opens a moment later.
    if (!admin.listening) return new AllowedOrigins(PUBLIC_CORS_ORIGINS);
    this.allowed ??= new AllowedOrigins([...PUBLIC_CORS_ORIGINS, ...(DOCS ? localOrigins(admin) : [])]);
    return this.allowed;
  }
}
