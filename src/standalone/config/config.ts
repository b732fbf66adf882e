import { plainToInstance } from 'class-transformer';
import { IsBoolean, IsIn, Matches, validateSync } from 'class-validator';
import { ClientsOptions, type ClientsModuleOptions } from '../../clients/clients.options.js';
import { DefaultLifespan } from '../../clients/lifespans/lifespan.options.js';
import { Retention } from '../../clients/store/removal.options.js';
import { HostList } from '../../http/outbound/guarded-fetch.js';
import { AuditKey, JournalRetention } from '../../journal/chain/journal.options.js';
import { BcryptCost, ForEveryMethod, OlderSecrets, RehashImported } from '../../secrets/secrets.options.js';
import {
  StrongSecretsKey,
  WebhooksOptions,
  type WebhooksModuleOptions,
} from '../../webhooks/delivery/webhooks.options.js';
import { NoticeTimes } from '../../webhooks/notices/notice-times.js';
import { FilePath } from './values/access-values.js';
import { RegistrationSettings } from './registration-settings.js';
import { readSecretFiles, Secret, secretFileNames } from './values/secret-files.js';
import { findUnknown, isInjected } from './unknown-variables.js';
import { Bool, List, Milliseconds, ServiceUrl, Whole } from './values/variables.js';

/** The defaults of the variables that set an option of a module. */
const OPTIONS = new ClientsOptions();
const WEBHOOKS = new WebhooksOptions();
const LOG_FORMATS = ['auto', 'json', 'pretty'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** The configuration of the standalone service, read from the environment and checked once at start. */
export class Config extends RegistrationSettings {
  /**
   * Hosts whose `sector_identifier_uri` is fetched although their addresses are not public, each as `host` or `host:port`,
   * separated by commas.
   */
  @List()
  @HostList(', separated by commas')
  SECTOR_IDENTIFIER_ALLOWED_HOSTS = OPTIONS.outbound.allowedHosts;

  /** Cost of bcrypt for secrets that callers choose, 4 to 31: each step doubles the time. */
  @Whole()
  @BcryptCost()
  BCRYPT_COST = OPTIONS.secrets.bcryptCost;

  /** How many older secrets stay valid beside the current one when a secret is rotated or added, 0 to 100. */
  @Whole()
  @OlderSecrets()
  OLDER_SECRETS = OPTIONS.secrets.olderSecrets;

  /**
   * Whether creating a client shows a `client_secret` even for a method that uses none, as hydra-maester expects: `true` or `false`. It
   * never authenticates.
   */
  @Bool()
  @ForEveryMethod()
  SECRET_FOR_EVERY_METHOD = OPTIONS.secrets.forEveryMethod;

  /** Whether an imported hash is replaced by the registry's own form of the secret once a client has authenticated: `true` or `false`. */
  @Bool()
  @RehashImported()
  REHASH_IMPORTED = OPTIONS.secrets.rehashImported;

  /** File with the authorities that certify clients of the method `tls_client_auth`, in PEM. It is read at start. */
  @FilePath()
  CLIENT_CERTIFICATE_CA = '';

  /** Key of the seals of the journal, 32 to 1,024 characters; without one they are plain digests. */
  @AuditKey()
  @Secret()
  AUDIT_KEY = OPTIONS.journal.auditKey;

  /** How long changes are kept in the journal, such as `8760h`, at least `1h`; unset, for ever. */
  @JournalRetention()
  JOURNAL_RETENTION = OPTIONS.journal.retention;

  /** How long a removed client can be restored, such as `720h`; `0` keeps nothing of it. */
  @Retention()
  RETENTION = OPTIONS.removal.retention;

  /** Lifespan of access tokens if the client has none, such as `1h30m`, at least `1s`. */
  @DefaultLifespan()
  LIFESPAN_ACCESS_TOKEN = OPTIONS.lifespans.accessToken;

  /** The same for ID tokens. */
  @DefaultLifespan()
  LIFESPAN_ID_TOKEN = OPTIONS.lifespans.idToken;

  /** The same for refresh tokens. */
  @DefaultLifespan()
  LIFESPAN_REFRESH_TOKEN = OPTIONS.lifespans.refreshToken;

  /** Key that encrypts stored secrets which must be read again, 32 to 1,024 characters; without one, webhooks are rejected. */
  @StrongSecretsKey()
  @Secret()
  SECRETS_KEY = WEBHOOKS.secretsKey;

  /** How long before a client's secret expires webhooks are told: times such as `7d` or `12h`, separated by commas, at most ten, or `off`. */
  @NoticeTimes()
  EXPIRY_NOTICES = WEBHOOKS.expiryNotices;

  /** Hosts that receive webhooks although their addresses are not public, each as `host` or `host:port`, separated by commas. */
  @List()
  @HostList(', separated by commas')
  WEBHOOK_ALLOWED_HOSTS = WEBHOOKS.outbound.allowedHosts;

  /** Whether Swagger UI is served at `/docs`: `true` or `false`. The document at `/openapi.json` always is. */
  @Bool()
  @IsBoolean({ message: 'must be true or false' })
  DOCS = true;

  /** Least severe level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. */
  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL = 'info';

  /** How lines of the log look: `json`, `pretty` for people, or `auto`: `pretty` on a terminal, otherwise `json`. */
  @IsIn(LOG_FORMATS, { message: `must be one of ${LOG_FORMATS.join(', ')}` })
  LOG_FORMAT = 'auto';

  /**
   * For the command line: URL of a running service, which it calls instead of opening the database, such as
   * `https://gateway.example.com/registry`.
   */
  @ServiceUrl()
  OAUTH2_REGISTRY_URL = '';

  /** For the command line: bearer token that it sends to that URL, for a gateway in front of the service. */
  @Matches(/^[\x21-\x7e]*$/, { message: 'must be a token of printable ASCII characters without spaces' })
  @Secret()
  OAUTH2_REGISTRY_TOKEN = '';

  /** For the command line: how long a request to that URL may take, in milliseconds, 1 to 600,000. */
  @Milliseconds()
  OAUTH2_REGISTRY_TIMEOUT = 30_000;

  /** Address of the listener of the metrics. */
  get metricsHost(): string {
    return this.METRICS_HOST || this.ADMIN_HOST;
  }

  /** The options of the module. */
  get clientsOptions(): ClientsModuleOptions {
    return {
      publicUrl: this.PUBLIC_URL,
      secrets: {
        bcryptCost: this.BCRYPT_COST,
        olderSecrets: this.OLDER_SECRETS,
        forEveryMethod: this.SECRET_FOR_EVERY_METHOD,
        rehashImported: this.REHASH_IMPORTED,
      },
      journal: { auditKey: this.AUDIT_KEY, retention: this.JOURNAL_RETENTION },
      removal: { retention: this.RETENTION },
      lifespans: {
        accessToken: this.LIFESPAN_ACCESS_TOKEN,
        idToken: this.LIFESPAN_ID_TOKEN,
        refreshToken: this.LIFESPAN_REFRESH_TOKEN,
      },
      authentication: this.authenticationOptions,
      outbound: { allowedHosts: this.SECTOR_IDENTIFIER_ALLOWED_HOSTS },
    };
  }

  /** The options of webhooks. */
  get webhooksOptions(): WebhooksModuleOptions {
    const { SECRETS_KEY: secretsKey, EXPIRY_NOTICES: expiryNotices, WEBHOOK_ALLOWED_HOSTS: allowedHosts } = this;
    return { secretsKey, expiryNotices, outbound: { allowedHosts } };
  }
}

/** The error for variables that are wrong. The message names each of them, and never repeats a value. */
export class ConfigError extends Error {}

/**
 * Finds the variables that look like the service's own but are not, see {@link findUnknown}.
 *
 * @param environment variables by name
 */
export function unknownVariables(environment: Record<string, unknown>): Map<string, string | undefined> {
  return findUnknown(environment, [...Object.keys(new Config()), ...secretFileNames()]);
}

/**
 * Reads the configuration. An empty variable counts as unset, and so does one that Kubernetes sets.
 *
 * @param environment variables by name; others than those of {@link Config} are ignored, unless one is probably a mistyped name
 * @throws ConfigError
 */
export function readConfig(environment: Record<string, unknown>): Config {
  const { variables, faults } = readSecretFiles(environment);
  const given = Object.keys(new Config()).flatMap((name) =>
    isGiven(name, variables[name]) ? [[name, variables[name]]] : [],
  );
  const config = plainToInstance(Config, Object.fromEntries(given), { exposeUnsetFields: false });
  const order = Object.keys(config);
  const wrong = validateSync(config).toSorted((a, b) => order.indexOf(a.property) - order.indexOf(b.property));
  for (const { property, constraints = {} } of wrong) faults.push(`${property} ${Object.values(constraints)[0]}`);
  for (const [name, meant] of unknownVariables(environment))
    if (meant) faults.push(`${name} is unknown: use ${meant}, or remove it`);
  if (faults.length > 0) throw new ConfigError(`${faults.join('; ')}.`);
  return config;
}

function isGiven(name: string, value: unknown): boolean {
  return Boolean(value) && !isInjected(name, value);
}
