import { journalEntities } from '../../journal/table/journal-entities.js';
import { ClientSecret } from '../../secrets/client-secret.entity.js';
import { ClientTerm } from './client-term.entity.js';
import { ClientUse } from '../uses/client-use.entity.js';
import { FirstReport } from '../uses/first-report.entity.js';
import { Client } from './client.entity.js';
import { Tombstone } from './tombstone.entity.js';

/** The entities that `ClientsModule` reads and writes. */
export const clientEntities = [Client, ClientTerm, ClientSecret, ClientUse, FirstReport, Tombstone, ...journalEntities];
