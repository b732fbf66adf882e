import { describe, expect, it } from '@jest/globals';
import { ClientWriter } from '../src/clients/writing/client.writer.js';
import { SETTINGS } from './support/app.js';
import { handedOut, useRegistrationHost } from './support/registration-host.js';

const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };
/** More than may wait to change one client. */
const STRANGERS = 300;

describe.each(SETTINGS)('strangers who know the id of a client, $setting,', ({ open, isFastify }) => {
  const host = useRegistrationHost({ open, isFastify });

  it('take no place among those who wait to change it', async () => {
    const { id, token } = handedOut(await host.register(CALLBACK));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const writer = host.app.get(ClientWriter, { strict: false });
    const change = writer.edit(id, {}, async () => {
      await held;
      return {};
    });
    try {
      const waiting = host.manage('PUT', id, token, CALLBACK);
      const refused = Array.from({ length: STRANGERS }, (_, at) =>
        at % 2 === 0 ? host.manage('DELETE', id, 'wrong') : host.manage('PUT', id, 'wrong', CALLBACK),
      );
      expect(new Set((await Promise.all(refused)).map(({ status }) => status))).toEqual(new Set([401]));
      release();
      expect((await waiting).status).toBe(200);
    } finally {
      release();
      await change;
    }
  });
});
