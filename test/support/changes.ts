import type { Answer } from './http.js';

/** A change as the admin API shows it, as far as these tests look at it. */
export interface Change {
  id: string | null;
  tag: string;
  version: number;
  owner: string;
  at: string;
  kinds: string[];
  members: string[];
  position: number | null;
  client?: Record<string, unknown>;
  patch?: object[] | null;
}

/** The changes of an answer. */
export const changesIn = ({ text }: Answer) => JSON.parse(text) as Change[];
/** Their versions. */
export const versionsIn = (answer: Answer) => changesIn(answer).map(({ version }) => version);
/** A JSON Patch that renames a client. */
export const name = (value: string) => [{ op: 'replace', path: '/client_name', value }];
/** Lets the clock go on, so that what follows has another time. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, 3));
