import { memberTexts } from '../../json/json-text.js';
import { IDS, recordText, type Format } from './formats.js';
import { print } from './print.js';

/** Members that no later answer shows, and their names for people. */
const SHOWN_ONCE = new Map([
  ['client_secret', 'secret'],
  ['registration_access_token', 'registration access token'],
  ['key', 'API key'],
  ['token', 'initial access token'],
  ['signing_secret', 'signing secret'],
]);

/**
 * Prints a record that may contain something that is shown only once; below a table, a note says so. When only the id is printed, a message
 * on standard error names what is lost.
 *
 * @param record JSON text of an object
 * @throws OutputError, which is not quiet when something that is shown only once is lost
 */
export async function printOnce(format: Format, record: string): Promise<void> {
  const members = memberTexts(record, new Set(SHOWN_ONCE.keys()));
  const names = [...SHOWN_ONCE].flatMap(([member, name]) => (members.has(member) ? [`the ${name}`] : []));
  const all = names.join(' and ');
  const sentence = `${all} ${names.length > 1 ? 'are' : 'is'} shown only this once: keep ${names.length > 1 ? 'them' : 'it'}.`;
  const note = format === 'table' && names.length > 0 ? `\nT${sentence.slice(1)}\n` : '';
  await print((await recordText(format, record)) + note, names.length > 0);
  if (format === IDS && all !== '') console.error(`--quiet hides ${all}, which no later call shows.`);
}
