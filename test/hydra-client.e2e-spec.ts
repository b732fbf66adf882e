import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Configuration, OAuth2Api } from '@ory/hydra-client';
import { isAxiosError } from 'axios';
import { SETTINGS, type RunningApp } from './support/app.js';
import type { TestDatabase } from './support/databases.js';

/** Other people's client of the contract, driving the running service. */
describe.each(SETTINGS)('@ory/hydra-client, $setting', ({ start, open }) => {
  let database: TestDatabase;
  let service: RunningApp;
  let hydra: OAuth2Api;
  beforeAll(async () => {
    database = await open();
    service = await start({ database });
    hydra = new OAuth2Api(new Configuration({ basePath: service.url }));
  });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });

  async function refusal(call: Promise<unknown>): Promise<[number | undefined, unknown]> {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isAxiosError(error)) throw new Error('It was not refused.');
    return [error.response?.status, (error.response?.data as { error: unknown } | undefined)?.error];
  }

  it('creates a client and gets it', async () => {
    const { status, data } = await hydra.createOAuth2Client({
      oAuth2Client: {
        client_name: 'Orders',
        grant_types: ['client_credentials'],
        client_credentials_grant_access_token_lifespan: '90m',
        metadata: { a: 1 },
      },
    });
    expect(status).toBe(201);
    expect(data.client_secret).toMatch(/^oacs_/);
    const { data: read } = await hydra.getOAuth2Client({ id: data.client_id ?? '' });
    const { client_secret: _, registration_access_token: __, registration_client_uri: ___, ...shown } = data;
    expect(read).toEqual(shown);
  });

  it('is told what is wrong', async () => {
    await hydra.createOAuth2Client({ oAuth2Client: { client_id: 'taken/id' } });
    expect((await hydra.getOAuth2Client({ id: 'taken/id' })).data.client_id).toBe('taken/id');
    expect(await refusal(hydra.createOAuth2Client({ oAuth2Client: { client_id: 'taken/id' } }))).toEqual([
      409,
      'conflict',
    ]);
    expect(await refusal(hydra.getOAuth2Client({ id: 'nobody' }))).toEqual([404, 'not_found']);
    expect(
      await refusal(hydra.createOAuth2Client({ oAuth2Client: { redirect_uris: ['https://a.example/#x'] } })),
    ).toEqual([400, 'invalid_redirect_uri']);
    expect(await refusal(hydra.createOAuth2Client({ oAuth2Client: { client_secret: '12345' } }))).toEqual([
      400,
      'invalid_client_metadata',
    ]);
  });
});
