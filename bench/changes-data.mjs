/** Number of changes that have each of the rare values, spread over the whole journal. */
const RARE = 50;
/** Most versions of the client `hot`. */
const MOST_VERSIONS = 10_000;
/** Changes of each of the clients `busy-…`: in a large journal they are more than PostgreSQL keeps count of one by one. */
const BUSY_VERSIONS = 200;
/** Changes that are sealed in one second. */
const RATE = 100;
const EPOCH = Date.UTC(2026, 0, 1) / 1000;

/** Every how many changes one is of the client `hot`. */
const hotEvery = (count) => Math.max(5, Math.floor(count / MOST_VERSIONS));

/** The number of versions of the client `hot`. */
export const hotVersions = (count) => Math.ceil(count / hotEvery(count));

/** The time at which the change in the middle was sealed. */
export const middleOf = (count) => new Date((EPOCH + Math.floor(count / 2 / RATE)) * 1000).toISOString();

/**
 * Statements that replace the journal by `count` sealed changes. Their seals are of the right length, but do not fit.
 *
 * @param template document of the client `hot`, with the placeholders `{id}` and `{name}`
 * @param tag of that client
 */
export function changeStatements({ series, hex, time }, count, { template, tag }) {
  const isRare = (offset) => `i % ${Math.floor(count / RARE)} = ${offset}`;
  const client = `CASE WHEN i % ${hotEvery(count)} = 0 THEN 'hot'
    WHEN i % 10 IN (1, 2, 3) THEN 'busy-' || (i / 10 % ${Math.max(1, Math.floor((count * 0.3) / BUSY_VERSIONS))})
    ELSE 'rest-' || (i % ${Math.floor(count / 7)}) END`;
  const version = `CASE WHEN i % ${hotEvery(count)} = 0 THEN i / ${hotEvery(count)} ELSE i / 7 END + 1`;
  const actor = `CASE WHEN ${isRare(6)} THEN 'robot-rare' ELSE 'robot-' || (i / 10 % 11) END`;
  const kind = `CASE WHEN ${isRare(7)} THEN 'client.suspended' WHEN i % 10 = 4 THEN 'client.secret.rotated' ELSE 'client.updated' END`;
  const member = `CASE WHEN ${isRare(8)} THEN 'jwks' ELSE 'client_name' END`;
  const owner = `CASE WHEN ${isRare(9)} THEN 'team-rare' WHEN i % 10 < 6 THEN 'team-a' ELSE 'team-b' END`;
  const at = time(`${EPOCH} + i / ${RATE}`);
  const quoted = template.replaceAll("'", "''");
  const document = `replace(replace('${quoted}', '{id}', ${client}), '{name}', 'Name ' || i)`;
  const seal = `'${'0'.repeat(56)}' || ${hex('i')}`;
  const secrets = '[{"id":"0c1b7d4e-6f0e-4a55-9a59-0b7c1b0f3f0e","label":null,"hint":"x7Qa","expires_at":0}]';
  const term = (name, value) =>
    `INSERT INTO oauth2_client_change_term (kind, value, position) SELECT '${name}', ${value}, i + 1 FROM ${series(count)} ORDER BY 2, 3`;
  const end = `i = ${count - 1}`;
  return [
    'DELETE FROM oauth2_client_change',
    'DELETE FROM oauth2_client_change_term',
    `INSERT INTO oauth2_client_change (id, client_id, tag, version, owner, at, kinds, document, secrets, actor, members, position, sealed_at, seal)
     SELECT '019b76c2-8f00-7a3c-9a59-0000' || ${hex('i')}, ${client}, '${tag}', ${version}, ${owner}, ${at}, '["' || ${kind} || '"]', ${document}, '${secrets}',
     '{"type":"api_key","id":"' || ${actor} || '","name":"Robot"}', '["' || ${member} || '","redirect_uris"]', i + 1, ${at}, ${seal} FROM ${series(count)} ORDER BY i`,
    term('actor', actor),
    term('client_id', client),
    term('kind', kind),
    term('member', member),
    term('member', `'redirect_uris'`),
    term('owner', owner),
    `UPDATE oauth2_client_journal_head SET position = ${count}, seal = (SELECT ${seal} FROM ${series(count)} WHERE ${end}), sealed_at = (SELECT ${at} FROM ${series(count)} WHERE ${end})`,
    `UPDATE oauth2_client SET version = ${hotVersions(count)} WHERE id = 'hot'`,
  ];
}
