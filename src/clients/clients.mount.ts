import {
  Controller,
  UseGuards,
  VERSION_NEUTRAL,
  type CanActivate,
  type DynamicModule,
  type InjectionToken,
  type Type,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsOptional, IsString, Matches } from 'class-validator';
import type { SecretHasher } from '../secrets/secret-hasher.js';
import type { ClientEventSink } from './client-events.js';
import type { ClientIdGenerator } from './client-id-generator.js';
import { ClientSecretsController } from './client-secrets.controller.js';
import { ClientsController } from './clients.controller.js';
import { nameOperations } from './own-operations.js';

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

/** The paths of a mount, without slashes around them and in lower case, as Express compares them. */
export function pathsOf({ controllers, routePrefix, shortPath }: ClientsMount): string[] {
  const names = controllers ? ['admin/clients', ...(shortPath ? ['clients'] : [])] : [];
  return names.map((name) => below(routePrefix, name).toLowerCase());
}

function below(routePrefix: string, name: string): string {
  return [...routePrefix.split('/'), name].filter(Boolean).join('/');
}

/** Controllers of its own for each mount, since Nest keeps path and guards with the class. */
export function controllersOf(mount: ClientsMount): Type[] {
  if (!mount.controllers) return [];
  const full = doors('admin/clients', mount);
  // The same doors by their short name, which documents need not show.
  const short = mount.shortPath ? doors('clients', mount) : [];
  for (const controller of short) ApiExcludeController()(controller);
  return [...full, ...short];
}

function doors(path: string, mount: ClientsMount): Type[] {
  return [mounted(ClientsController, path, mount), mounted(ClientSecretsController, `${path}/:id/secrets`, mount)];
}

/** The wire contract has no versions: the routes answer whatever versioning the application has. */
function mounted(controller: Type<object>, path: string, mount: ClientsMount): Type {
  const named = { [controller.name]: class extends controller {} };
  const Mounted = named[controller.name] as Type;
  Controller({ path: below(mount.routePrefix, path), version: VERSION_NEUTRAL })(Mounted);
  UseGuards(...mount.guards)(Mounted);
  const prefix = mount.routePrefix.replaceAll(/[^\w]+/g, '_').replaceAll(/^_|_$/g, '');
  if (prefix) nameOperations(Mounted, `${prefix}_`);
  return Mounted;
}
