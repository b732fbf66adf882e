/** Number of clients that the filters of the benchmark match. They are the same in every table. */
export const MARKED = 200;
const EPOCH = '2024-01-01T00:00:00.000Z';
/** All other clients, those that the benchmark creates included, were created and changed between these two times. */
export const BEFORE_ALL = '2023-01-01T00:00:00.000Z';
export const AFTER_ALL = '2100-01-01T00:00:00.000Z';

/** Last uses of the clients have so many times, a second apart, each as many of them, whatever the number of clients. */
const USES = 1000;
const FIRST_USE = Date.UTC(2023, 6, 1) / 1000;

/** A time before which this share of the clients was used last. */
export function unusedBefore(share) {
  return new Date((FIRST_USE + share * USES) * 1000).toISOString();
}

/** The id of a client by its number: the same in every table, and not in order of creation. */
export function idOf(number) {
  return `${Number((BigInt(number) * 2654435761n) & 0xffffffffn)
    .toString(16)
    .padStart(8, '0')}${number.toString(16).padStart(8, '0')}`;
}

/**
 * Statements that fill the tables with `count` clients.
 *
 * @param template document of a client, with the placeholders `{id}` and `{name}`
 */
export function clientStatements({ series, hex, time: timeOf }, count, template) {
  const id = `${hex('(CAST(i AS bigint) * 2654435761) & 4294967295')} || ${hex('i')}`;
  const marked = `i < ${MARKED}`;
  const name = `CASE WHEN ${marked} THEN 'Marked client ' ELSE 'Client ' END || i`;
  const owner = `CASE WHEN ${marked} THEN 'marked-owner' ELSE 'team-' || (i % 1000) END`;
  const method = `CASE WHEN ${marked} THEN 'tls_client_auth' ELSE 'client_secret_basic' END`;
  // The marked clients are the newest; the same number of others are the oldest.
  const time = `CASE WHEN ${marked} THEN '${AFTER_ALL.replace('2100', '2101')}' WHEN i < ${2 * MARKED} THEN '${BEFORE_ALL.replace('2023', '2022')}' ELSE '${EPOCH}' END`;
  const quoted = template.replaceAll("'", "''");
  const document = `replace(replace('${quoted}', '{id}', ${id}), '{name}', ${name})`;
  const [sequence, text] = [series(count), 'CAST(i AS text)'];
  const term = (kind, value, where = '1 = 1') =>
    `INSERT INTO oauth2_client_term (kind, value, client_id) SELECT '${kind}', ${value}, ${id} FROM ${sequence} WHERE ${where} ORDER BY 2, 3`;
  return [
    `INSERT INTO oauth2_client (id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at)
     SELECT ${id}, 1, 1, 'tag', ${document}, ${name}, ${owner}, ${method}, '', ${time}, ${time} FROM ${sequence} ORDER BY 1`,
    `INSERT INTO oauth2_client_secret (id, client_id, client_version, hash, created_at, expires_at) SELECT ${id}, ${id}, 1, '$sha256$AA$AA', '${EPOCH}', 0 FROM ${sequence} ORDER BY 1`,
    `INSERT INTO oauth2_client_use (client_id, last_used_at, unused_since) SELECT id, at, at FROM (SELECT ${id} AS id, ${timeOf(`${FIRST_USE} + (CAST(i AS bigint) * 7919) % ${USES}`)} AS at FROM ${sequence}) AS used ORDER BY id`,
    term('grant_type', `'authorization_code'`),
    term('grant_type', `'marked'`, marked),
    term('redirect_uri', `'https://app.example.com/' || i`),
    term('redirect_uri', `'https://marked.example.com/'`, marked),
    term('response_type', `'code'`),
    term('response_type', `'marked'`, marked),
    term('scope', `'offline_access'`),
    term('scope', `'openid'`),
    term('scope', `'marked'`, marked),
    term('word', `'client'`),
    term('word', `'marked'`, marked),
    term('word', `'team'`),
    term('word', text),
    term('word', id),
  ];
}
