import { objectText } from '../../json/json-text.js';
import type { JournalGap } from '../table/journal-gap.entity.js';
import { digestUnder } from './seal.js';

/** Before the values of a gap: no seal is the digest of such a text, since it begins with a seal or is empty. */
const KIND = 'pruned';

/** A stretch of the chain that was pruned, as it is read. */
export type Gap = Omit<JournalGap, 'first' | 'last'> & Record<'first' | 'last', number>;

/**
 * What makes a gap genuine: a digest of its values, in hexadecimal.
 *
 * @param key as of `sealOf`: with one, only who has it can say that changes were pruned
 */
export function proofOf({ first, last, before, seal, prunedAt }: Omit<Gap, 'proof'>, key: string): string {
  return digestUnder(key, KIND, JSON.stringify([first, last, before, seal, prunedAt]));
}

/** A gap with all that its proof covers, as JSON text: in an export it stands in place of its changes. */
export function gapText({ first, last, before, seal, prunedAt, proof }: Gap): string {
  const pruned = { first, last, seal_before: before, seal, pruned_at: prunedAt, proof };
  return objectText([['pruned', JSON.stringify(pruned)]]);
}
