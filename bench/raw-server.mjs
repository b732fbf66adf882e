// The raw baseline: node:http and the driver send the same bytes from the same prepared statements.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { newClient, openRaw } from './raw-database.mjs';

const { DATABASE_URL, PORT, DEFAULTS } = process.env;
const database = openRaw(DATABASE_URL);
const defaults = JSON.parse(DEFAULTS);

function answer(response, status, json, headers) {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...headers,
    'Content-Length': Buffer.byteLength(json),
  });
  response.end(json);
}

async function get(request, response) {
  const { document, tag, version, shape } = await database.find(
    decodeURIComponent(request.url.slice('/admin/clients/'.length)),
  );
  answer(response, 200, document, { ETag: `"${tag}.${version}.${shape}"` });
}

/** A page and its links. Its page token is an id and as many more bytes as a digest would have. */
async function list(_, response) {
  const rows = (await database.list()).slice(0, 100);
  const link = (position) =>
    `/admin/clients?page_size=100&page_token=${Buffer.from(`${'d'.repeat(12)}${JSON.stringify(position)}`).toString('base64url')}`;
  const Link = `<${link([])}>; rel="first",<${link([rows.at(-1).id])}>; rel="next"`;
  answer(response, 200, `[${rows.map(({ document }) => document).join(',')}]`, { Link });
}

/** One indexed read and one SHA-256 for a client that sends Basic in a JSON object. */
async function authenticate(request, response) {
  const { authorization } = JSON.parse(await bodyOf(request));
  const [id, secret] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
  const rows = await database.secrets(id);
  const found = rows.find(({ hash }) => {
    const [, , salt, digest] = hash.split('$');
    const actual = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(secret).digest();
    return timingSafeEqual(actual, Buffer.from(digest, 'base64url'));
  });
  answer(response, found ? 200 : 401, found ? `{"client":${found.document}}` : '{"error":"invalid_client"}');
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function create(request, response) {
  const made = newClient(defaults, JSON.parse(await bodyOf(request)));
  await database.insert(made);
  answer(response, 201, made.json, { Location: `/admin/clients/${made.id}`, ETag: `"${made.row[3]}.1.1"` });
}

function route({ method, url }) {
  if (url.endsWith('/authenticate')) return authenticate;
  if (method !== 'GET') return create;
  return url.includes('?') ? list : get;
}

createServer((request, response) => route(request)(request, response)).listen(Number(PORT), '127.0.0.1', () =>
  process.send('ready'),
);
