import { proofOf, type Gap } from './gap.js';
import { sealOf, type SealedChange } from './seal.js';

/** How far the chain is sound. */
export interface Link {
  /** The last position that fits; 0 at the beginning. */
  position: number;
  /** Its seal; empty at the beginning. */
  seal: string;
}

/** Returns what is wrong with a change that should follow the sound part of the chain, in a sentence; `undefined` when nothing is. */
export function changeFault(change: SealedChange, { position, seal }: Link, key: string): string | undefined {
  const expected = position + 1;
  const found = Number(change.position);
  if (found < expected) return `Position ${found} was pruned, and is there again: the change was inserted.`;
  if (found > expected) return missing(expected);
  if (change.seal === sealOf(seal, change, key)) return undefined;
  const { clientId, version } = change;
  return `The seal at position ${expected} (version ${version} of ${JSON.stringify(clientId)}) does not fit: the change was edited, inserted or moved${orKey(position)}.`;
}

/** Returns what is wrong with a gap that should follow the sound part of the chain, in a sentence; `undefined` when nothing is. */
export function gapFault(gap: Gap, { position, seal }: Link, key: string): string | undefined {
  const expected = position + 1;
  const { first, last } = gap;
  if (first > expected) return missing(expected);
  if (first === expected && gap.before === seal && isGenuine(gap, key)) return undefined;
  return `The record that positions ${first} to ${last} were pruned does not fit after position ${position}: it was edited, inserted or moved${orKey(position)}.`;
}

/** Whether a holder of the key wrote the gap. */
export function isGenuine(gap: Gap, key: string): boolean {
  return gap.last >= gap.first && gap.proof === proofOf(gap, key);
}

/** Returns the sentence for a position that is neither there nor pruned. */
export function missing(position: number): string {
  return `Position ${position} is missing: the change was removed.`;
}

/** Returns a further possible reason when the first seal of the chain does not fit. */
function orKey(position: number): string {
  return position === 0 ? ', or AUDIT_KEY is not the key of the seals' : '';
}
