import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { freePort, temporaryDatabase } from '../support/service.mjs';
import { rehearse } from './rehearse.mjs';

/** How long a delivery that failed at once may take to arrive after all, in milliseconds. */
const LATE = 60_000;
/** Each pause between attempts is twice as long as the one before, and varies by half: the last one is this many times the time in which all failed. */
const PAUSE = 3;
const AUDIENCE = 'registry';
const SCOPE = 'clients:read clients:write clients:delete clients:authenticate secrets:write journal:read';

/** A server of the outside world, which goes and comes back. */
class Outside {
  constructor(make, port) {
    Object.assign(this, { make, port });
  }

  async start() {
    this.server = this.make().listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop() {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

/** Uses a folder that goes afterwards. */
async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'registry-faults-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each change that was acknowledged arrives, late where the receiver was gone. */
async function receiverDown(folder, lasts) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const arrived = new Set();
  const take = async (request, response) => {
    const { data } = await json(request);
    arrived.add(data.client_id);
    response.writeHead(204).end();
  };
  const receiver = new Outside(() => createSecureServer({ key, cert }, take), await freePort());
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, cert);
  const environment = {
    WEBHOOK_ALLOWED_HOSTS: 'localhost',
    SECRETS_KEY: 'a key that is used in this rehearsal only',
    NODE_EXTRA_CA_CERTS: ca,
  };
  await receiver.start();
  const happen = async (stage) => {
    const body = JSON.stringify({ url: `https://localhost:${receiver.port}/`, kinds: ['client.created'] });
    const made = await fetch(`${stage.service.url}/admin/webhooks`, { method: 'POST', body });
    if (made.status !== 201) throw new Error(await made.text());
    const { length: before } = stage.callers.clients;
    await receiver.stop();
    await sleep(lasts);
    await receiver.start();
    stage.lastly = async () => {
      const told = stage.callers.clients.slice(before).filter(({ isCreated }) => isCreated);
      const missing = () => told.filter(({ id }) => !arrived.has(id));
      const end = performance.now() + LATE + PAUSE * lasts;
      while (missing().length > 0 && performance.now() < end) await sleep(100);
      stage.wrong.push(...missing().map(({ id }) => `the receiver was never told of ${id}`));
    };
  };
  const seen = await rehearse(temporaryDatabase(), happen, { environment });
  await receiver.stop();
  return seen;
}

/** Who has a token goes on: the keys of the issuer are known. */
async function issuerDown(lasts) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
  const issuer = new Outside(() => createServer((_, response) => response.end(keys)), await freePort());
  await issuer.start();
  const iss = `http://127.0.0.1:${issuer.port}`;
  const token = await new SignJWT({ scope: SCOPE, client_id: 'caller' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
    .setIssuer(iss)
    .setSubject('caller')
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('1h')
    .setJti('one')
    .sign(privateKey);
  const environment = {
    ADMIN_AUTH: 'jwt',
    ADMIN_JWT_ISSUER: iss,
    ADMIN_JWT_JWKS_URL: `${iss}/keys`,
    ADMIN_JWT_AUDIENCE: AUDIENCE,
  };
  const happen = async (stage) => {
    await issuer.stop();
    await sleep(lasts);
    await issuer.start();
    const { unavailable } = stage.callers.seen;
    if (unavailable > 0) stage.wrong.push(`${unavailable} requests were refused though the issuer's keys were known`);
  };
  const seen = await rehearse(temporaryDatabase(), happen, { environment, credential: () => `Bearer ${token}` });
  await issuer.stop();
  return seen;
}

/** Debian's library that tells one process another time. */
function fakeTime() {
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime'));
  const folder = folders.find((one) => existsSync(one));
  if (!folder) throw new Error('libfaketime is needed: install the package of that name.');
  return join(folder, 'libfaketime.so.1');
}

/** The clock of the service goes forward and back, in seconds. */
function clockJumps(folder, offsets) {
  const file = join(folder, 'time');
  const set = (offset) => writeFileSync(file, `${offset}\n`);
  set('+0');
  const environment = {
    LD_PRELOAD: fakeTime(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const happen = async () => {
    for (const offset of offsets) {
      set(offset);
      await sleep(1000);
    }
  };
  return rehearse(temporaryDatabase(), happen, { environment });
}

/** What may happen around the service. */
export function otherFaults({ long }) {
  const lasts = long ? 120_000 : 3000;
  return {
    [`receiver of webhooks down for ${lasts} ms`]: () => withFolder((folder) => receiverDown(folder, lasts)),
    [`issuer of tokens down for ${lasts} ms`]: () => issuerDown(lasts),
    'clock jumps a day ahead, an hour back, and is right again': () =>
      withFolder((folder) => clockJumps(folder, ['+86400', '+82800', '+0'])),
  };
}
