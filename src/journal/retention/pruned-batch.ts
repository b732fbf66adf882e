import { changeFault, isGenuine, missing } from '../chain/chain-faults.js';
import { proofOf, type Gap } from '../chain/gap.js';
import type { SealedChange } from '../chain/seal.js';

/** The rows that were read to prune a batch. */
export interface Batch {
  /** Changes to prune, and those that supersede them. */
  changes: readonly SealedChange[];
  /** Positions of the changes to prune. */
  pruned: ReadonlySet<number>;
  /** Seals of other changes, each directly before one of these changes. */
  seals: ReadonlyMap<number, string>;
  /** Gaps that end directly before one of these changes, or begin directly behind one to prune. */
  gaps: readonly Gap[];
}

/** How the gaps change. */
export interface NewGaps {
  /** Gaps to write, each with its proof. */
  written: Gap[];
  /** Last positions of gaps to remove, since other gaps now include them. */
  joined: number[];
}

/** A piece of the chain: a gap, or a change that becomes a part of one. */
type Piece = Pick<Gap, 'first' | 'last' | 'before' | 'seal'> & { isNew: boolean };

/**
 * Turns pruned changes into gaps, by which the rest is verified without them. Nothing is pruned when something does not fit: pruning must not hide
 * that a change was edited, or that others are missing.
 *
 * @param before the changes were sealed before this time
 * @param key of the seals
 * @returns the gaps, or a sentence that says what does not fit
 */
export function newGaps({ changes, pruned, seals, gaps }: Batch, before: string, key: string): NewGaps | string {
  const forged = gaps.find((gap) => !isGenuine(gap, key));
  if (forged) return `The record that positions ${forged.first} to ${forged.last} were pruned does not fit.`;
  const known = new Map([...seals, [0, '']] as const);
  for (const { last, seal } of gaps) known.set(last, seal);
  for (const { position, seal } of changes) known.set(Number(position), seal);
  const pieces: Piece[] = gaps.map((gap) => ({ ...gap, isNew: false }));
  for (const change of changes) {
    const position = Number(change.position);
    const previous = known.get(position - 1);
    if (previous === undefined) return missing(position - 1);
    const fault = changeFault(change, { position: position - 1, seal: previous }, key);
    if (fault !== undefined) return fault;
    if (change.sealedAt >= before) return `Position ${position} was sealed later than a change after it.`;
    if (pruned.has(position))
      pieces.push({ first: position, last: position, before: previous, seal: change.seal, isNew: true });
  }
  return joinedPieces(pieces, key);
}

function joinedPieces(pieces: readonly Piece[], key: string): NewGaps | string {
  const groups: Piece[] = [];
  for (const piece of pieces.toSorted((one, other) => one.first - other.first)) {
    const group = groups.at(-1);
    if (!group || piece.first > group.last + 1) groups.push({ ...piece });
    else if (piece.first <= group.last) return `Position ${piece.first} was pruned, and is there again.`;
    else if (piece.before !== group.seal) return `The seals at positions ${group.last} and ${piece.first} do not fit.`;
    else Object.assign(group, { last: piece.last, seal: piece.seal, isNew: group.isNew || piece.isNew });
  }
  const prunedAt = new Date().toISOString();
  const written = groups
    .filter(({ isNew }) => isNew)
    .map(({ first, last, before, seal }) => {
      const gap = { first, last, before, seal, prunedAt };
      return { ...gap, proof: proofOf(gap, key) };
    });
  const ends = new Set(groups.map(({ last }) => last));
  const joined = pieces.filter(({ isNew, last }) => !isNew && !ends.has(last)).map(({ last }) => last);
  return { written, joined };
}
