import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../clients/mount/clients-mount.js';

/**
 * Where and how registration is built into its host, as `ClientsModule` is: the options that must be known before a factory of the others
 * runs. Of several registries of an application it belongs to the one with this `dataSource`.
 */
export class RegistrationMount extends PickType(ClientsMount, [
  'controllers',
  'routePrefix',
  'guards',
  'requestLog',
  'imports',
  'dataSource',
] as const) {
  /** Name of the host's DataSource, which is that of the registry. PickType keeps no initialiser that is `undefined`. */
  override dataSource?: string = undefined;
}
