import { createHash, randomBytes, randomUUID } from 'node:crypto';
import Libsql from 'libsql';
import pg from 'pg';

const CLIENT =
  'id, version, shape, tag, document, name, owner, auth_method, registration_token_digest, created_at, updated_at';
const SECRET = 'id, client_id, hash, hint, created_at, expires_at, last_used_at';
const LIST = 'SELECT document, id, id AS sorted FROM oauth2_client ORDER BY id LIMIT 101';
const SECRETS =
  'SELECT client.document, secret.hash FROM oauth2_client AS client JOIN oauth2_client_secret AS secret ON secret.client_id = client.id WHERE client.id =';
const FIND = 'SELECT version, shape, tag, document FROM oauth2_client WHERE id =';

/** The rows of a client, its terms and its secret, computed with as little work as possible. */
export function newClient(defaults, body) {
  const id = randomUUID();
  const now = new Date().toISOString();
  const document = JSON.stringify({ ...defaults, ...body, client_id: id, created_at: now, updated_at: now });
  const secret = randomBytes(32).toString('base64url');
  const token = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(token).digest('hex');
  const salt = randomBytes(16);
  const hash = `$sha256$${salt.toString('base64url')}$${createHash('sha256').update(salt).update(secret).digest('base64url')}`;
  const words = `${body.client_name} ${id}`.toLowerCase().match(/\w+/g);
  const terms = [
    ...body.grant_types.map((value) => ['grant_type', value]),
    ...body.scope.split(' ').map((value) => ['scope', value]),
    ...[...new Set(words.join('-').split('-'))].map((value) => ['word', value]),
  ];
  const row = [
    id,
    1,
    1,
    randomBytes(9).toString('base64url'),
    document,
    body.client_name,
    '',
    'client_secret_basic',
    digest,
    now,
    now,
  ];
  const once = {
    client_secret: secret,
    registration_access_token: token,
    registration_client_uri: `http://127.0.0.1:4444/oauth2/register/${id}`,
  };
  return {
    id,
    row,
    terms: JSON.stringify(terms),
    secret: [randomUUID(), id, hash, secret.slice(-4), now, 0, null],
    json: `${document.slice(0, -1)},${JSON.stringify(once).slice(1)}`,
  };
}

function postgres(url) {
  const pool = new pg.Pool({ connectionString: url });
  const numbers = (from, count) => Array.from({ length: count }, (_, index) => `$${from + index}`).join(', ');
  const insert = `WITH client AS (INSERT INTO oauth2_client (${CLIENT}) VALUES (${numbers(1, 11)}) ON CONFLICT (id) DO NOTHING RETURNING id),
    terms AS (INSERT INTO oauth2_client_term (kind, value, client_id) SELECT pair ->> 0, pair ->> 1, client.id FROM client, jsonb_array_elements($12::jsonb) AS pair),
    secret AS (INSERT INTO oauth2_client_secret (${SECRET}) SELECT $13, $14, $15, $16, $17, $18::bigint, $19 FROM client) SELECT id FROM client`;
  return {
    find: async (id) => (await pool.query({ name: 'find', text: `${FIND} $1`, values: [id] })).rows[0],
    secrets: async (id) => (await pool.query({ name: 'secrets', text: `${SECRETS} $1`, values: [id] })).rows,
    list: async () => (await pool.query({ name: 'list', text: LIST })).rows,
    insert: ({ row, terms, secret }) =>
      pool.query({ name: 'insert', text: insert, values: [...row, terms, ...secret] }),
  };
}

function sqlite(url) {
  const database = new Libsql(url.slice('sqlite:'.length), { timeout: 5000 });
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  const marks = (count) => Array.from({ length: count }, () => '?').join(', ');
  const find = database.prepare(`${FIND} ?`);
  const secrets = database.prepare(`${SECRETS} ?`);
  const client = database.prepare(
    `INSERT INTO oauth2_client (${CLIENT}) VALUES (${marks(11)}) ON CONFLICT (id) DO NOTHING`,
  );
  const term = database.prepare(
    'INSERT INTO oauth2_client_term (kind, value, client_id) SELECT value ->> 0, value ->> 1, ?1 FROM json_each(?2)',
  );
  const key = database.prepare(`INSERT INTO oauth2_client_secret (${SECRET}) VALUES (${marks(7)})`);
  const insert = database.transaction(({ id, row, terms, secret }) => {
    client.run(...row);
    term.run(id, terms);
    key.run(...secret);
  });
  const list = database.prepare(LIST);
  return {
    find: async (id) => find.get(id),
    secrets: async (id) => secrets.all(id),
    list: async () => list.all(),
    insert: async (made) => insert.immediate(made),
  };
}

/** Runs the registry's statements on its tables with the driver alone. */
export function openRaw(url) {
  return url.startsWith('sqlite:') ? sqlite(url) : postgres(url);
}
