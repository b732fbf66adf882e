import type { Page } from '../../http/answer.js';
import { objectText } from '../../json/json-text.js';
import { changeMembers, type ChangeHead } from '../table/change-text.js';
import type { ChangeView } from './change.dto.js';

/** A page of changes, ready to be sent. */
export class ChangePage implements Page {
  /**
   * @param json the changes as the admin API shows them, as JSON text
   * @param links query parameters of the pages beside this one: `first`, and `next` unless it is the last
   */
  constructor(
    readonly json: string,
    readonly links: Page['links'],
  ) {}

  /** The changes in {@link json}, parsed at each call. */
  get changes(): ChangeView[] {
    return JSON.parse(this.json) as ChangeView[];
  }
}

/** Returns the changes as a JSON array. */
export function changesText(changes: readonly ChangeHead[]): string {
  return `[${changes.map((change) => objectText(changeMembers(change))).join(',')}]`;
}
