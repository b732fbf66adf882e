import { Entity } from 'typeorm';

/**
 * Declares an entity of the registry, and names its class after its table. TypeORM and `@nestjs/typeorm` look entities up by class
 * name, which could collide with a class of the host, and which a minifier shortens. Only migrations create the table: the host's
 * `synchronize` ignores it.
 *
 * @param table name of the table; it begins with `oauth2_client`, or with `oidc_provider` for the data that the registry stores for a provider
 */
export function RegistryEntity(table: string): ClassDecorator {
  return (target) => {
    Object.defineProperty(target, 'name', { value: table, configurable: true });
    Entity({ name: table, synchronize: false })(target);
  };
}
