import { ClientActivity } from '../../clients/activity/client-activity.js';
import { ClientStatements } from '../../clients/store/client.statements.js';
import { RemovalOptions } from '../../clients/store/removal.options.js';
import { ClientEvents } from '../../clients/writing/client-events.js';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { RegistrationPolicies } from '../../registration/policy/registration-policies.js';
import { sweep, type Swept } from '../../registration/sweeping/sweep.js';
import { UnusedClients } from '../../registration/sweeping/unused-clients.js';
import { Config } from '../../standalone/config/config.js';
import { registrationOptions } from '../../standalone/config/registration-options.js';
import { openDatabase } from './open-database.js';
import { workingOn } from './open-registry.js';
import { shellActor } from './shell-actor.js';

/**
 * Sweeps the database that the configuration names, by the policies that it names, and reports the removed clients in batches.
 *
 * @param isDry whether to report only what would be removed
 * @param tell is called for each batch
 * @throws what reading the policies, opening the database and sweeping throw
 */
export async function sweepDatabase(isDry: boolean, tell: (swept: Swept) => Promise<void>): Promise<void> {
  await workingOn(await openDatabase(), async (app) => {
    const get = <T>(type: abstract new (...args: never[]) => T): T => app.get<T>(type, { strict: false });
    const parts = {
      statements: get(ClientStatements),
      activity: get(ClientActivity),
      events: get(ClientEvents),
      removal: get(RemovalOptions),
    };
    const unused = new UnusedClients(get(PreparedDatabase), () => parts);
    const { all } = RegistrationPolicies.read(registrationOptions(get(Config)).policies);
    for await (const swept of sweep(unused, all, { actor: isDry ? undefined : shellActor })) await tell(swept);
  });
}
