import { Matches, ValidateBy } from 'class-validator';
import { lifespanMilliseconds } from '../../fields/lifespan.js';

/** Shortest time for which changes are kept, in milliseconds: an hour. */
const LEAST_RETENTION = 3_600_000;

/** Accepts a value of {@link JournalOptions.auditKey}. */
export function AuditKey(): PropertyDecorator {
  return Matches(/^(.{32,1024})?$/s, { message: 'must be 32 to 1024 characters, chosen at random' });
}

/** Accepts a value of {@link JournalOptions.retention}. */
export function JournalRetention(): PropertyDecorator {
  return ValidateBy({
    name: 'journalRetention',
    validator: {
      validate: (value) =>
        value === '' || (typeof value === 'string' && lifespanMilliseconds(value) >= LEAST_RETENTION),
      defaultMessage: () =>
        'must be 1h or more, as a sequence of numbers with units (ms, s, m, h), such as 8760h, or left out to keep all changes',
    },
  });
}

/** How the journal is kept. */
export class JournalOptions {
  /**
   * Key of the seals, 32 to 1,024 characters: an attacker who can write to the database, but does not know the key, cannot forge a seal. All
   * processes need the same key, and so does `audit verify`. Default none: the seals are plain SHA-256.
   */
  @AuditKey()
  auditKey = '';

  /**
   * How long changes are kept, as numbers with units, such as `8760h`, at least an hour. Every state that a client had within that time stays: a
   * change is pruned once the next change of its client is older than that, too; the last change of a removed client, once it is older itself.
   * Default empty: all changes are kept.
   */
  @JournalRetention()
  retention = '';
}
