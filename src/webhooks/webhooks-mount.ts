import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../clients/mount/clients-mount.js';

/** Where and how webhooks are built into their host, as `ClientsModule` is: the options that must be known before a factory of the others runs. */
export class WebhooksMount extends PickType(ClientsMount, [
  'controllers',
  'routePrefix',
  'guards',
  'requestLog',
  'imports',
  'dataSource',
] as const) {
  /** Name of the host's DataSource, as there. PickType keeps no initialiser that is `undefined`. */
  override dataSource?: string = undefined;
}
