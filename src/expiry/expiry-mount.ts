import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../clients/mount/clients-mount.js';

/** Where and how the list of what ends soon is mounted in its host, as for `ClientsModule`. */
export class ExpiryMount extends PickType(ClientsMount, [
  'controllers',
  'routePrefix',
  'guards',
  'requestLog',
  'imports',
  'dataSource',
] as const) {
  /** Name of the host's DataSource, as for `ClientsModule`. PickType drops initialisers that are `undefined`. */
  override dataSource?: string = undefined;
}
