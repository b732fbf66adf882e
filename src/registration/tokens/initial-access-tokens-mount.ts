import { PickType } from '@nestjs/swagger';
import { ClientsMount } from '../../clients/mount/clients-mount.js';

/** Where and how the routes of initial access tokens are mounted in their host, as `ClientsModule` is. */
export class InitialAccessTokensMount extends PickType(ClientsMount, [
  'controllers',
  'routePrefix',
  'guards',
  'requestLog',
  'imports',
  'dataSource',
] as const) {
  /** Name of the host's DataSource, as for `ClientsModule`. Declared again because PickType drops an initialiser that is `undefined`. */
  override dataSource?: string = undefined;
}
