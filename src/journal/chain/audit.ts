import { Injectable } from '@nestjs/common';
import { changeText } from '../table/change-text.js';
import { changeFault, gapFault, type Link } from './chain-faults.js';
import { ChainWalk, type Step } from './chain-walk.js';
import { ChainStatements, type ChainHead } from './chain.statements.js';
import { gapText } from './gap.js';
import { JournalOptions } from './journal.options.js';
import { Sealer } from './sealer.js';

/** The result of walking the chain. */
export interface Verdict extends Link {
  /** How many changes up to that position were pruned. */
  pruned: number;
  /** What is wrong, in a sentence that names the first place where it is; left out when nothing is. */
  fault?: string;
}

/** Verifies that the journal is what was written, and exports it. */
@Injectable()
export class Audit {
  constructor(
    private readonly statements: ChainStatements,
    private readonly chain: ChainWalk,
    private readonly sealer: Sealer,
    private readonly options: JournalOptions,
  ) {}

  /**
   * Walks the whole chain, and starts again when changes were pruned meanwhile.
   *
   * @param noted a seal that was noted elsewhere: it must still be in the chain. Default none
   * @returns how far the chain is sound: the last position that fits, and its seal
   */
  async verify(noted?: string): Promise<Verdict> {
    for (;;) {
      const before = await this.statements.head();
      const verdict = await this.walk(before, noted);
      if (verdict.fault === undefined) return verdict;
      // The walk may have read rows from before and from after a pruning.
      const { prunedTo } = await this.statements.head();
      if (prunedTo === before.prunedTo) return verdict;
    }
  }

  /**
   * Yields the sealed changes in the order of the chain, each as JSON text with all that its seal covers; for pruned changes, the gap that verifies
   * the rest.
   *
   * @param after position after which the export begins; 0 for all
   */
  async *export(after: number): AsyncGenerator<string> {
    await this.sealer.seal();
    for await (const { change, gap } of this.chain.from(after + 1)) yield gap ? gapText(gap) : changeText(change);
  }

  private async walk(before: ChainHead, noted?: string): Promise<Verdict> {
    const sound: Verdict = { position: 0, seal: '', pruned: 0 };
    let hasNoted = noted === undefined;
    for await (const step of this.chain.from(1)) {
      const fault = this.advance(sound, step);
      if (fault !== undefined) return { ...sound, fault };
      hasNoted ||= sound.seal === noted;
      if (sound.position === before.position && sound.seal !== before.seal)
        return {
          ...sound,
          fault: `The seal at position ${sound.position} is not the one that the head of the journal says.`,
        };
    }
    const after = await this.statements.head();
    const fault =
      sound.position < before.position
        ? `The journal ends at position ${sound.position}, and its head says ${before.position}: the changes after it were removed.`
        : sound.position > after.position
          ? `Position ${after.position + 1} is behind the head of the journal: the change was inserted.`
          : hasNoted
            ? undefined
            : `No change has the seal ${noted}: the journal was cut off, or written anew, after it was noted${sound.pruned > 0 ? ', or the change was pruned' : ''}.`;
    return fault === undefined ? sound : { ...sound, fault };
  }

  /** Advances `sound` by one step, or returns what is wrong with the step. */
  private advance(sound: Verdict, { change, gap }: Step): string | undefined {
    const { auditKey } = this.options;
    const fault = gap ? gapFault(gap, sound, auditKey) : changeFault(change, sound, auditKey);
    if (fault !== undefined) return fault;
    sound.seal = gap ? gap.seal : change.seal;
    sound.position = gap ? gap.last : Number(change.position);
    if (gap) sound.pruned += gap.last - gap.first + 1;
    return undefined;
  }
}
