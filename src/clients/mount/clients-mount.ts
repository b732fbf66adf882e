import type { CanActivate, DynamicModule, InjectionToken, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { IsArray, IsBoolean, IsOptional, IsString, Matches } from 'class-validator';
import type { SecretHasher } from '../../secrets/secret-hasher.js';
import type { ClientEventSink } from '../client-events.js';
import type { ClientIdGenerator } from '../client-id-generator.js';
import { CLIENTS, SHORT_CLIENTS } from '../openapi/paths.js';

const BOOLEAN = 'must be true or false';

/** Where and how a registry is built into its host: what must be known before any factory of options runs. */
export class ClientsMount {
  /** Mount the admin API? Without it the registry is used in process only. Default true. */
  @IsBoolean({ message: BOOLEAN })
  controllers = true;

  /** Path before `/admin/clients`, below the application's global prefix, such as `partners`. Default none. */
  @Matches(/^(?!.*(^|\/)\.{1,2}(\/|$))[\w.~/-]*$/, {
    message: 'must be a path of letters, digits, -, ., _, ~ and /, without . and ..',
  })
  routePrefix = '';

  /** Also answer under `/clients`, as old SDKs ask? To be switched off where the application has such a route. Default true. */
  @IsBoolean({ message: BOOLEAN })
  shortPath = true;

  /**
   * Guards of the admin routes, as `@UseGuards` takes them. What they need is resolved in the module: see `imports`. What
   * they throw is answered in the application's own shape. Default none.
   */
  @IsArray({ message: 'must be a list of guards' })
  guards: (Type<CanActivate> | CanActivate)[] = [];

  /** Modules whose exports guards, hasher, id generator and event sink need. Default none. */
  @IsArray({ message: 'must be a list of modules' })
  imports: NonNullable<DynamicModule['imports']> = [];

  /**
   * Name of the host's DataSource that has the registry's entities and migrations; prefix and schema of the tables are its
   * own, see `clientRegistrySchema`. Default: the unnamed one.
   */
  @IsOptional()
  @IsString({ message: 'must be the name of a DataSource' })
  dataSource?: string = undefined;

  /** Token of a provider that stores and compares secrets which callers choose. Default bcrypt. */
  secretHasher?: InjectionToken<SecretHasher> = undefined;

  /** Token of a provider that makes client_ids. Default random UUIDs. */
  idGenerator?: InjectionToken<ClientIdGenerator> = undefined;

  /** Token of a provider that takes the events of clients. Default none; `@nestjs/event-emitter` is served anyway. */
  eventSink?: InjectionToken<ClientEventSink> = undefined;
}

/** Paths of the collection of clients in a mount, each with a slash before it; the full one first. */
export function pathsOf({ controllers, routePrefix, shortPath }: ClientsMount): string[] {
  const names = controllers ? [CLIENTS, ...(shortPath ? [SHORT_CLIENTS] : [])] : [];
  return names.map((name) => `/${`${routePrefix}${name}`.split('/').filter(Boolean).join('/')}`);
}

/** A registry of an application: its mount, and the module that has it. */
export interface MountedRegistry {
  mount: ClientsMount;
  module: Type;
}

/** All registries of an application. */
export function registriesOf(modules: ModulesContainer): MountedRegistry[] {
  return [...modules.values()].flatMap(({ providers, metatype: module }) => {
    const mount: unknown = providers.get(ClientsMount)?.instance;
    return mount instanceof ClientsMount ? [{ mount, module }] : [];
  });
}
