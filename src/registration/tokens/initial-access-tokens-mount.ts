import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../../clients/mount/clients-mount.js';

/** Where and how the routes of initial access tokens are built into their host, as `ClientsModule` is. */
export class InitialAccessTokensMount extends PickType(ClientsMount, [
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
