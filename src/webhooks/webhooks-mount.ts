import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../clients/mount/clients-mount.js';

/** Where and how webhooks are mounted in their host, as for `ClientsModule`: the options needed before a factory provides the others. */
export class WebhooksMount extends PickType(ClientsMount, [
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
