import { Controller, Get, Module, Param, Post, Req } from '@nestjs/common';
import { RequestBody } from '../../src/http/request-body.decorator.js';
import { OAuthApi } from '../../src/oauth-error/oauth-api.decorator.js';
import { startStandalone, type RunningApp } from './app.js';
import { SQLITE } from './databases.js';
import { freePort } from './process.js';
import type { StartOptions } from './start-options.js';

/** A public route that shows what arrived. */
@Controller('oauth2/probe')
@OAuthApi()
class ProbeController {
  @Post()
  post(@RequestBody() body: unknown, @Req() { ip }: { ip: string }): object {
    return { body: String(body), ip };
  }

  @Get(':id')
  get(@Param('id') id: string): object {
    return { id };
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

/** A service with a public listener, which has the routes of the probe. */
export async function startPublic(
  environment: Record<string, string> = {},
  options: Partial<StartOptions> = {},
): Promise<RunningApp & { open: string }> {
  const port = await freePort();
  const database = await SQLITE.open();
  const service = await startStandalone({
    database,
    environment: { REGISTRATION: 'open', PUBLIC_PORT: String(port), ...environment },
    modules: [ProbeModule],
    ...options,
  });
  return {
    ...service,
    open: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await service.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
