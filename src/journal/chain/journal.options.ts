import { Matches } from 'class-validator';

/** Accepts a value of {@link JournalOptions.auditKey}. */
export function AuditKey(): PropertyDecorator {
  return Matches(/^(.{32,1024})?$/s, { message: 'must be 32 to 1024 characters, chosen at random' });
}

/** How the journal is kept. */
export class JournalOptions {
  /**
   * Key of the seals, 32 to 1,024 characters: whoever can write to the database, but does not know the key, cannot make a false
   * seal. All processes need the same one, and `audit verify` needs it too. Default none: the seals are plain SHA-256.
   */
  @AuditKey()
  auditKey = '';
}
