import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../clients/mount/clients-mount.js';

/**
 * Where and how registration is mounted in its host, as `ClientsModule` is: the options that are needed before a factory provides the others. If an
 * application has several registries, registration belongs to the one with this `dataSource`.
 */
export class RegistrationMount extends PickType(ClientsMount, [
  'controllers',
  'routePrefix',
  'guards',
  'requestLog',
  'imports',
  'dataSource',
] as const) {
  /** Name of the host's DataSource, the same as the registry's. Declared again because PickType drops an initialiser that is `undefined`. */
  override dataSource?: string = undefined;
}
