import { ChangeTerm } from './change-term.entity.js';
import { ClientChange } from './client-change.entity.js';
import { JournalGap } from './journal-gap.entity.js';
import { JournalHead } from './journal-head.entity.js';

/** The entities of the journal. */
export const journalEntities = [ClientChange, ChangeTerm, JournalHead, JournalGap];
