import type { CanActivate, DynamicModule, InjectionToken, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { IsArray, IsBoolean, IsOptional, IsString, Matches } from 'class-validator';
import type { SecretHasher } from '../../secrets/secret-hasher.js';
import type { ClientEventSink } from '../writing/client-events.js';
import type { ClientIdGenerator } from '../writing/client-id-generator.js';
import { CLIENTS, SHORT_CLIENTS } from '../openapi/paths.js';

const BOOLEAN = 'must be true or false';

/**
 * Where and how a registry is mounted in its host: the options that must be known before a factory of the other options runs.
 * Their names are the keys of an instance, so every option needs an initialiser, even if it is `undefined`.
 */
export class ClientsMount {
  /** Whether to mount the admin API. Without it, the registry is used only through its services. Default true. */
  @IsBoolean({ message: BOOLEAN })
  controllers = true;

  /** Path in front of `/admin/clients`, below the application's global prefix, such as `partners`. Default none. */
  @Matches(/^(?!.*(^|\/)\.{1,2}(\/|$))[\w.~/-]*$/, {
    message: 'must be a path of letters, digits, -, ., _, ~ and /, without . and ..',
  })
  routePrefix = '';

  /** Whether to answer also under `/clients`, the path of old SDKs. Switch it off if the application has that route. Default true. */
  @IsBoolean({ message: BOOLEAN })
  shortPath = true;

  /**
   * Guards of the admin routes, as for `@UseGuards`. Their dependencies are resolved in the module: see `imports`. The application handles
   * what they throw, as on its other routes. Default none.
   */
  @IsArray({ message: 'must be a list of guards' })
  guards: (Type<CanActivate> | CanActivate)[] = [];

  /**
   * Whether the application's logger writes one line for each request that reaches a route of the registry, including requests that `guards`
   * reject. A line contains no body, header, path or secret. Default false.
   */
  @IsBoolean({ message: BOOLEAN })
  requestLog = false;

  /** Modules that export the dependencies of guards, hasher, id generator and event sink. Default none. */
  @IsArray({ message: 'must be a list of modules' })
  imports: NonNullable<DynamicModule['imports']> = [];

  /**
   * Name of the host's DataSource that has the registry's entities and migrations. The DataSource also sets prefix and schema of the tables,
   * see `clientRegistrySchema`. Default: the unnamed DataSource.
   */
  @IsOptional()
  @IsString({ message: 'must be the name of a DataSource' })
  dataSource?: string = undefined;

  /** Token of a provider that hashes and compares the secrets that callers choose. Default bcrypt. */
  secretHasher?: InjectionToken<SecretHasher> = undefined;

  /** Token of a provider that generates client_ids. Default random UUIDs. */
  idGenerator?: InjectionToken<ClientIdGenerator> = undefined;

  /** Token of a provider that receives the events of clients, in addition to `@nestjs/event-emitter`. Default none. */
  eventSink?: InjectionToken<ClientEventSink> = undefined;
}

/** Returns the paths at which a mount has the collection of clients, each with a leading slash, the full path first. */
export function pathsOf({ controllers, routePrefix, shortPath }: ClientsMount): string[] {
  const names = controllers ? [CLIENTS, ...(shortPath ? [SHORT_CLIENTS] : [])] : [];
  return names.map((name) => joined(routePrefix, name));
}

/** Returns a path below the prefix of a mount, with a leading slash. */
export function joined(routePrefix: string, path: string): string {
  return `/${`${routePrefix}${path}`.split('/').filter(Boolean).join('/')}`;
}

/** Injection token of the paths of a module at which request bodies are read as they were sent, see `readRegistryBodiesRaw`. */
export const RAW_PATHS = Symbol('paths of a mount');

/** One registry of an application: its mount and its module. */
export interface MountedRegistry {
  mount: ClientsMount;
  module: Type;
  /** Returns a provider of the module, once the application is initialised. */
  get: <T>(token: Type<T>) => T;
}

/** Returns all registries of an application. */
export function registriesOf(modules: ModulesContainer): MountedRegistry[] {
  return [...modules.values()].flatMap(({ providers, metatype: module }) => {
    const mount: unknown = providers.get(ClientsMount)?.instance;
    const get = <T>(token: Type<T>) => providers.get(token)?.instance as T;
    return mount instanceof ClientsMount ? [{ mount, module, get }] : [];
  });
}
