import { printable } from './printable.js';

/** The members in the table; `--json` prints all. */
const MEMBERS = [
  'client_id',
  'client_name',
  'grant_types',
  'scope',
  'token_endpoint_auth_method',
  'client_secret',
  'registration_access_token',
  'registration_client_uri',
];

/**
 * Formats a client that was just created as a table for people.
 *
 * @param json the client as the admin API returns it
 * @returns lines without a trailing line break
 */
export function clientTable(json: string): string {
  const client = JSON.parse(json) as Record<string, unknown>;
  const width = Math.max(...MEMBERS.map((name) => name.length));
  const rows = MEMBERS.filter((name) => name in client).map((name) => `${name.padEnd(width)}  ${shown(client[name])}`);
  const once =
    'client_secret' in client
      ? 'The secret and the registration access token are shown only this once: keep them.'
      : 'The registration access token is shown only this once: keep it.';
  return [...rows.map((row) => row.trimEnd()), '', once].join('\n');
}

/** The value on one line. */
function shown(value: unknown): string {
  return printable(Array.isArray(value) ? value.join(', ') : String(value));
}
