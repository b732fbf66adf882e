import { plainToInstance, Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsString, Matches, Max, Min, validateSync } from 'class-validator';

/** Comma-separated text as a list. */
function List(): PropertyDecorator {
  return Transform(
    ({ value }) =>
      (typeof value === 'string'
        ? value
            .split(',')
            .map((entry) => entry.trim())
            .filter(Boolean)
        : value) as unknown,
  );
}

function Whole(): PropertyDecorator {
  return Transform(
    ({ value }) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value) as unknown,
  );
}

function Bool(): PropertyDecorator {
  return Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value) as unknown);
}

/** The environment of the standalone service, read and checked once at start; nothing else reads it. */
export class Config {
  /** Database: `sqlite:<path>`, `sqlite::memory:` or `postgres://user:password@host:port/database`. */
  @Matches(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, { message: 'must begin with sqlite: or postgres://' })
  DATABASE_URL = 'sqlite:data/clients.sqlite';

  /** Create and change tables at start: `true` or `false`. The embedded SQLite database always does. */
  @Bool()
  @IsBoolean({ message: 'must be true or false' })
  DATABASE_MIGRATE = false;

  /** Address that the admin listener binds to. It has no authentication: keep it where only operators reach it. */
  @Matches(/^\S+$/, { message: 'must be a host name or an address' })
  ADMIN_HOST = '127.0.0.1';

  /** Port of the admin listener: the admin API, Swagger UI at `/docs`, the document at `/openapi.json`. */
  @Whole()
  @IsInt({ message: 'must be a port, 0 to 65535' })
  @Min(0, { message: 'must be a port, 0 to 65535' })
  @Max(65535, { message: 'must be a port, 0 to 65535' })
  ADMIN_PORT = 4445;

  /** Names by which the admin listener may be called, separated by commas. Unset: loopback names on loopback, any name elsewhere. */
  @List()
  @IsString({ each: true, message: 'must be host names, separated by commas' })
  ADMIN_ALLOWED_HOSTS: string[] = [];

  /** Base of `registration_client_uri`, without a trailing slash. */
  @Matches(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*[^\s?#/])?$/, {
    message: 'must be an http or https URL without a trailing slash',
  })
  PUBLIC_URL = 'http://127.0.0.1:4444';

  /** Hosts (`host` or `host:port`, separated by commas) whose `sector_identifier_uri` is fetched although their address is not public. */
  @List()
  @Matches(/^[^\s/@]+$/, { each: true, message: 'must be hosts, each as host or host:port, separated by commas' })
  SECTOR_IDENTIFIER_ALLOWED_HOSTS: string[] = [];

  /** Cost of bcrypt for secrets that callers choose, 4 to 31: each step doubles the time. */
  @Whole()
  @IsInt({ message: 'must be a whole number from 4 to 31' })
  @Min(4, { message: 'must be a whole number from 4 to 31' })
  @Max(31, { message: 'must be a whole number from 4 to 31' })
  BCRYPT_COST = 10;

  /** How many older secrets stay valid beside the current one when a secret is rotated or added, 0 to 100. */
  @Whole()
  @IsInt({ message: 'must be a whole number from 0 to 100' })
  @Min(0, { message: 'must be a whole number from 0 to 100' })
  @Max(100, { message: 'must be a whole number from 0 to 100' })
  OLDER_SECRETS = 5;

  /** Least severe lines that are logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. */
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'must be fatal, error, warn, info, debug, trace or silent',
  })
  LOG_LEVEL = 'info';

  /** Does the service run its migrations while it starts? */
  get migratesAtStart(): boolean {
    return this.DATABASE_MIGRATE || this.DATABASE_URL.startsWith('sqlite:');
  }
}

/** One or more variables of the environment are wrong; the message names them and never repeats their values. */
export class ConfigError extends Error {}

/**
 * Reads the configuration; an empty variable counts as unset.
 *
 * @throws ConfigError
 */
export function readConfig(environment: Record<string, unknown>): Config {
  const given = Object.keys(new Config()).flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const config = plainToInstance(Config, Object.fromEntries(given), { exposeUnsetFields: false });
  const faults = validateSync(config).map(
    ({ property, constraints = {} }) => `${property} ${Object.values(constraints)[0]}`,
  );
  if (faults.length > 0) throw new ConfigError(`${faults.join('; ')}.`);
  return config;
}
