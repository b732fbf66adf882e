/** Members that an operator needs at once; `--json` shows all. */
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
 * A client that was just created, for people.
 *
 * @param json as the admin API answers it
 */
export function clientTable(json: string): string {
  const client = JSON.parse(json) as Record<string, unknown>;
  const width = Math.max(...MEMBERS.map((name) => name.length));
  const rows = MEMBERS.filter((name) => name in client).map((name) => `${name.padEnd(width)}  ${shown(client[name])}`);
  const once =
    'client_secret' in client
      ? 'The secret and the registration access token are shown this once: keep them.'
      : 'The registration access token is shown this once: keep it.';
  return [...rows.map((row) => row.trimEnd()), '', once].join('\n');
}

/** In one line: what control characters would do to a terminal, they do not. */
function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
