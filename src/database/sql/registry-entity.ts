import { Entity } from 'typeorm';

/**
 * An entity of the registry. In a host's DataSource no entity of the host meets it by name: TypeORM and `@nestjs/typeorm` look
 * entities up by the name of their class, of which a host may have its own, and which a minifier shortens. So the class is
 * named as its table. The table is made by migrations only: `synchronize` of the host leaves it alone.
 *
 * @param table name of the table, which begins with `oauth2_client`, or with `oidc_provider` for what the registry keeps for a provider
 */
export function RegistryEntity(table: string): ClassDecorator {
  return (target) => {
    Object.defineProperty(target, 'name', { value: table, configurable: true });
    Entity({ name: table, synchronize: false })(target);
  };
}
