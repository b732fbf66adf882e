import { Controller, UseGuards, VERSION_NEUTRAL, type Type } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ChangesController } from '../changes.controller.js';
import { ClientActivityController } from '../client-activity.controller.js';
import { ClientAuthenticationController } from '../client-authentication.controller.js';
import { ClientHistoryController } from '../client-history.controller.js';
import { ClientSecretsController } from '../client-secrets.controller.js';
import { ClientStateController } from '../client-state.controller.js';
import { ClientsController } from '../clients.controller.js';
import { ACTIVITY, AUTHENTICATE, CHANGES, REGISTRATION_TOKEN, TOMBSTONES } from '../openapi/paths.js';
import { RegistrationTokensController } from '../tokens/issuing/registration-tokens.controller.js';
import { TombstonesController } from '../tombstones.controller.js';
import { joined, pathsOf, type ClientsMount } from './clients-mount.js';
import { prefixOperationIds } from './operation-ids.js';
import { RequestLogGuard } from './request-log.guard.js';

/** Returns subclasses of the controllers for one mount: Nest stores the path and the guards of a controller on its class. */
export function controllersOf(mount: ClientsMount): Type[] {
  const [full = [], ...short] = pathsOf(mount).map((path) => [
    // Before the routes of a client, which would match these paths, too.
    mounted(ClientAuthenticationController, path + AUTHENTICATE, mount),
    mounted(ClientActivityController, path + ACTIVITY, mount),
    mounted(ClientsController, path, mount),
    mounted(ClientSecretsController, `${path}/:id/secrets`, mount),
    mounted(RegistrationTokensController, `${path}/:id${REGISTRATION_TOKEN}`, mount),
    mounted(ClientHistoryController, `${path}/:id`, mount),
    mounted(ClientStateController, `${path}/:id`, mount),
  ]);
  // The same routes again, so OpenAPI documents leave them out.
  for (const controller of short.flat()) ApiExcludeController()(controller);
  const beside = mount.controllers
    ? [
        mounted(TombstonesController, joined(mount.routePrefix, TOMBSTONES), mount),
        mounted(ChangesController, joined(mount.routePrefix, CHANGES), mount),
      ]
    : [];
  return [...full, ...beside, ...short.flat()];
}

/** Returns a subclass at a path. The wire contract has no versions: the routes answer whatever versioning the application uses. */
export function mounted(
  controller: Type<object>,
  path: string,
  { guards, requestLog, routePrefix }: Pick<ClientsMount, 'guards' | 'requestLog' | 'routePrefix'>,
): Type {
  const named = { [controller.name]: class extends controller {} };
  const Mounted = named[controller.name] as Type;
  Controller({ path, version: VERSION_NEUTRAL })(Mounted);
  UseGuards(...(requestLog ? [new RequestLogGuard()] : []), ...guards)(Mounted);
  const prefix = routePrefix.replaceAll(/[^\w]+/g, '_').replaceAll(/^_|_$/g, '');
  if (prefix) prefixOperationIds(Mounted, `${prefix}_`);
  return Mounted;
}
