// The raw baseline: node:http, the driver, prepared statements, the same bytes.
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

async function create(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const made = newClient(defaults, JSON.parse(Buffer.concat(chunks).toString()));
  await database.insert(made);
  answer(response, 201, made.json, { Location: `/admin/clients/${made.id}`, ETag: `"${made.row[3]}.1.1"` });
}

createServer((request, response) => (request.method === 'GET' ? get : create)(request, response)).listen(
  Number(PORT),
  '127.0.0.1',
  () => process.send('ready'),
);
