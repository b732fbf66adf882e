import { objectText } from '../../json/json-text.js';
import type { JournalGap } from '../table/journal-gap.entity.js';
import { digestUnder } from './seal.js';

/** First text of the digest of a gap. That of a seal is another seal or empty, so no digest of a gap can pass for a seal. */
const KIND = 'pruned';

/** A stretch of the chain that was pruned, as it is read. */
export type Gap = Omit<JournalGap, 'first' | 'last'> & Record<'first' | 'last', number>;

/**
 * Returns the proof of a gap: a digest of its values, in hexadecimal.
 *
 * @param key as of `sealOf`: with a key, only its holder can claim that changes were pruned
 */
export function proofOf({ first, last, before, seal, prunedAt }: Omit<Gap, 'proof'>, key: string): string {
  return digestUnder(key, KIND, JSON.stringify([first, last, before, seal, prunedAt]));
}

/** Returns a gap with all that its proof covers, as JSON text: an export has it in place of the pruned changes. */
export function gapText({ first, last, before, seal, prunedAt, proof }: Gap): string {
  const pruned = { first, last, seal_before: before, seal, pruned_at: prunedAt, proof };
  return objectText([['pruned', JSON.stringify(pruned)]]);
}
