import { epochSeconds, overOnEveryProcess } from '../../secrets/secret-set.js';
import { MOST_ENDING, NoticeStatements, type EndingSecret, type NewNotice } from './notice.statements.js';

/** Pause between two walks through the secrets that end soon, in milliseconds: a minute. */
const REST = 60_000;

/** Where a walk through the secrets begins. */
const START = { expiresAt: 0, id: '' };

/**
 * Makes notices that secrets end soon: for each secret one at each configured time before its end, and only the last of them when several
 * times have passed. Only the process that holds the lease makes notices.
 */
export class NoticeMaker {
  /** The last secret that this walk has read. */
  private after: Pick<EndingSecret, 'id' | 'expiresAt'> = START;
  private restsSince = -Infinity;

  /** @param times how long before the end of a secret a notice is due, in seconds, the shortest first */
  constructor(
    private readonly statements: NoticeStatements,
    private readonly times: readonly number[],
  ) {}

  /**
   * Reads the next secrets that end soon and makes the notices that are due; after the last secret, pauses for {@link REST} and starts again.
   *
   * @param holder the holder of the lease
   * @returns whether it has made notices
   */
  async make(holder: string): Promise<boolean> {
    const longest = this.times.at(-1);
    // The clock may have been set back.
    if (longest === undefined || Math.abs(Date.now() - this.restsSince) < REST) return false;
    if (this.after === START) await this.statements.forget(overOnEveryProcess());
    const secrets = await this.statements.ending(longest, this.after);
    const due = dueOf(secrets, this.times);
    const isMade = due.length > 0 && (await this.statements.add(holder, await this.statements.count(), due));
    // Another process was faster: this one reads the same secrets again, if it still holds the lease.
    if (due.length > 0 && !isMade) return false;
    const last = secrets.at(-1);
    if (last && secrets.length === MOST_ENDING) this.after = last;
    else {
      this.after = START;
      this.restsSince = Date.now();
    }
    return isMade;
  }
}

/** Returns the notices that are due and not made yet. */
function dueOf(secrets: readonly EndingSecret[], times: readonly number[]): NewNotice[] {
  const now = epochSeconds();
  return secrets.flatMap(({ id, expiresAt, withinSeconds: made, isReplaced }) => {
    const withinSeconds = times.find((time) => expiresAt - now <= time);
    const isDue = !isReplaced && withinSeconds !== undefined && (made === null || withinSeconds < made);
    return isDue ? [{ id, expiresAt, withinSeconds }] : [];
  });
}
