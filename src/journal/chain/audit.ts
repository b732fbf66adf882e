import { Injectable } from '@nestjs/common';
import { changeText } from '../table/change-text.js';
import { ChainStatements, type ChainHead } from './chain.statements.js';
import { JournalOptions } from './journal.options.js';
import { sealOf, type SealedChange } from './seal.js';
import { Sealer } from './sealer.js';

/** What walking the chain has shown. */
export interface Verdict extends Pick<ChainHead, 'position' | 'seal'> {
  /** What is wrong, in a sentence that names the first place where it is; left out when nothing is. */
  fault?: string;
}

/** Shows whether the journal is what was written, and copies it. */
@Injectable()
export class Audit {
  constructor(
    private readonly statements: ChainStatements,
    private readonly sealer: Sealer,
    private readonly options: JournalOptions,
  ) {}

  /**
   * Walks the whole chain.
   *
   * @param noted a seal that was noted elsewhere: it must still be in the chain. Default none
   * @returns how far the chain is sound: the last position that fits, and its seal
   */
  async verify(noted?: string): Promise<Verdict> {
    const before = await this.statements.head();
    const sound: Verdict = { position: 0, seal: '' };
    let hasNoted = noted === undefined;
    for await (const change of this.walk(1)) {
      const fault = this.faultOf(change, sound);
      if (fault) return { ...sound, fault };
      sound.position += 1;
      sound.seal = change.seal;
      hasNoted ||= change.seal === noted;
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
            : `No change has the seal ${noted}: the journal was cut off, or written anew, after it was noted.`;
    return fault === undefined ? sound : { ...sound, fault };
  }

  /**
   * The sealed changes as the admin API shows them, each as JSON text, in the order of the chain.
   *
   * @param after position behind which they begin; 0 for all
   */
  async *export(after: number): AsyncGenerator<string> {
    await this.sealer.seal();
    for await (const change of this.walk(after + 1)) yield changeText(change);
  }

  /** Batch by batch, so that few are in memory. */
  private async *walk(from: number): AsyncGenerator<SealedChange> {
    let next = from;
    for (;;) {
      const changes = await this.statements.sealedFrom(next);
      yield* changes;
      const last = changes.at(-1);
      if (!last) return;
      next = Number(last.position) + 1;
    }
  }

  /** What is wrong with a change that should follow the sound part of the chain. */
  private faultOf(change: SealedChange, { position, seal }: Verdict): string | undefined {
    const expected = position + 1;
    if (Number(change.position) !== expected) return `Position ${expected} is missing: the change was removed.`;
    if (change.seal === sealOf(seal, change, this.options.auditKey)) return undefined;
    const { clientId, version } = change;
    const first = position === 0 ? ', or AUDIT_KEY is not the key of the seals' : '';
    return `The seal at position ${expected} (version ${version} of ${JSON.stringify(clientId)}) does not fit: the change was edited, inserted or moved${first}.`;
  }
}
