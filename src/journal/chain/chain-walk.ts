import { Injectable } from '@nestjs/common';
import { BATCH, ChainStatements } from './chain.statements.js';
import { GapStatements } from './gap.statements.js';
import type { Gap } from './gap.js';
import type { SealedChange } from './seal.js';

/** A step along the chain: a change, or a stretch whose changes were pruned. */
export type Step = { change: SealedChange; gap?: never } | { gap: Gap; change?: never };

/** Walks along the chain, batch by batch, to keep little in memory. */
@Injectable()
export class ChainWalk {
  constructor(
    private readonly statements: ChainStatements,
    private readonly gaps: GapStatements,
  ) {}

  /**
   * Yields the changes and gaps from a position on, in the order of the chain, including a gap that begins before it. While changes are being
   * pruned, a change can come twice: by itself and in its gap.
   */
  async *from(position: number): AsyncGenerator<Step> {
    let next = position;
    for (;;) {
      const changes = await this.statements.sealedFrom(next);
      const isEnd = changes.length < BATCH;
      const end = isEnd ? Number.MAX_SAFE_INTEGER : Number(changes.at(-1)?.position);
      // Read after the changes: a change that is pruned meanwhile is in at least one of the two.
      const gaps = await this.gaps.between(next, end);
      yield* inOrder(changes, gaps);
      if (isEnd) return;
      next = end + 1;
    }
  }
}

/** Returns the position at which a step begins. */
function beginningOf({ change, gap }: Step): number {
  return gap ? gap.first : Number(change.position);
}

function inOrder(changes: readonly SealedChange[], gaps: readonly Gap[]): Step[] {
  const steps: Step[] = changes.map((change) => ({ change }));
  for (const gap of gaps) steps.push({ gap });
  return steps.toSorted((one, other) => beginningOf(one) - beginningOf(other));
}
