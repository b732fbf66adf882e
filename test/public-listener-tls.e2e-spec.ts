import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { forServer, newAuthority, type Authority } from './support/certificates.js';
import { eventually } from './support/eventually.js';
import { request } from './support/http.js';
import { startPublic } from './support/public-listener.js';

/** Status of the answer, and who made the certificate of the listener. */
async function certified(url: string, path: string): Promise<[number, string | undefined]> {
  const { port } = new URL(url);
  const call = secureRequest({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false });
  const [answer] = (await once(call.end(), 'response')) as [
    { statusCode: number; socket: TLSSocket; resume: () => void },
  ];
  answer.resume();
  return [answer.statusCode, answer.socket.getPeerX509Certificate()?.issuer];
}

describe('PUBLIC_TLS_CERT and PUBLIC_TLS_KEY', () => {
  it('have the public listener speak TLS by itself, with files that change, and metrics that say when it ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-public-'));
    const file = (name: string) => join(folder, name);
    const write = async (by: Authority, name: string) => {
      const { cert, key } = await forServer(by);
      writeFileSync(file(`${name}-key.pem`), key);
      writeFileSync(file(`${name}-cert.pem`), cert);
    };
    await write(await newAuthority('CN=First'), 'public');
    await using service = await startPublic({
      METRICS: 'open',
      PUBLIC_TLS_CERT: file('public-cert.pem'),
      PUBLIC_TLS_KEY: file('public-key.pem'),
    });
    expect(await certified(service.open, '/oauth2/probe/1')).toEqual([200, 'CN=First']);
    expect(await certified(service.open, '/admin/clients')).toEqual([404, 'CN=First']);
    // The admin listener goes on with plain HTTP.
    expect((await request(`${service.url}/health/ready`)).status).toBe(200);
    const metrics = async () => (await request(`${service.url}/metrics`)).text;
    expect(await metrics()).toContain('oauth2_registry_tls_reload_failed{listener="public"} 0');
    expect(await metrics()).toMatch(/certificate_end_timestamp_seconds\{listener="public"\} \d{10}/);
    expect(await metrics()).toContain('certificate_end_timestamp_seconds{listener="admin"} Nan');
    await write(await newAuthority('CN=Second'), 'public');
    await eventually(async () => (await certified(service.open, '/oauth2/probe/1'))[1] === 'CN=Second');
    writeFileSync(file('public-key.pem'), 'no key');
    await eventually(async () => (await metrics()).includes('reload_failed{listener="public"} 1'));
    expect((await certified(service.open, '/oauth2/probe/1'))[1]).toBe('CN=Second');
    rmSync(folder, { recursive: true });
  });
});
