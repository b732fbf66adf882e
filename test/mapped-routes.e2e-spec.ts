import { describe, expect, it } from '@jest/globals';
import {
  ConsoleLogger,
  Controller,
  Get,
  Injectable,
  Module,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { PLATFORMS, startHost } from './support/host.js';
import { rawRequest } from './support/http.js';

const memory = () => TypeOrmModule.forRoot({ ...dataSourceOptions('sqlite::memory:', true), retryAttempts: 0 });

@Injectable()
class OperatorsOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['authorization'] !== 'Bearer alice') throw new UnauthorizedException('Log in first.');
    return true;
  }
}

/** The log of an application that starts. */
class StartLog extends ConsoleLogger {
  readonly lines: string[] = [];

  override log(message: unknown): void {
    this.lines.push(String(message));
  }
}

/** Two controllers of a host, below the paths of the registry and over all paths. */
@Controller('admin/clients')
class NotesController {
  @Get(':id/notes')
  notes(): string[] {
    return ['a note'];
  }
}

@Controller()
class PagesController {
  @Get('*')
  page(): string {
    return 'a page';
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

@Module({ controllers: [PagesController] })
class PagesModule {}

describe.each(PLATFORMS)('the routes of the registry in a host on $platform', ({ platform }) => {
  it('are one line of its log for each operation of a mount, and one for each of its controllers that answers other methods', async () => {
    const logger = new StartLog();
    await using host = await startHost(platform, { imports: [memory(), ClientsModule.forRoot()] }, undefined, {
      logger,
    });
    const { paths } = SwaggerModule.createDocument(host.app, new DocumentBuilder().build());
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${path.replaceAll(/\{(\w+)\}/g, ':$1')}, ${method.toUpperCase()}`),
    );
    expect(documented.length).toBeGreaterThan(10);
    const others = [
      '/admin/clients',
      '/admin/clients/authenticate',
      '/admin/clients/activity',
      '/admin/clients/:id/secrets',
      '/admin/clients/:id/registration-token',
      '/admin/clients/:id/history',
      '/admin/clients/:id/suspension',
      '/admin/tombstones',
      '/admin/changes',
    ];
    const full = [...documented, ...others.map((path) => `${path}, OPTIONS`)];
    const expected = [...full, ...full.flatMap((route) => /^.admin(\/clients.*)/.exec(route)?.[1] ?? [])];
    const mapped = logger.lines.flatMap((line) => /^Mapped \{(.*)\} route$/.exec(line)?.slice(1) ?? []);
    expect(mapped.toSorted()).toEqual(expected.toSorted());
  });

  it('answer 405 to other methods, and leave the routes and pages around them alone', async () => {
    await using host = await startHost(platform, {
      imports: [memory(), ClientsModule.forRoot({ guards: [OperatorsOnly] }), NotesModule, PagesModule],
    });
    const headers = { authorization: 'Bearer alice' };
    const to = (method: string, path: string, as: Record<string, string> = headers) =>
      rawRequest(host.url, { method, path, headers: as });
    for (const root of ['/admin/clients', '/clients'])
      for (const [path, allow, others] of [
        ['', 'POST, GET, HEAD', ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/authenticate', 'POST, GET, HEAD, PATCH, PUT, DELETE', ['OPTIONS', 'TRACE']],
        ['/activity', 'POST, GET, HEAD, PATCH, PUT, DELETE', ['OPTIONS', 'TRACE']],
        ['/x', 'GET, HEAD, PATCH, PUT, DELETE', ['POST', 'OPTIONS', 'TRACE']],
        ['/x/lifespans', 'PUT', ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/x/effective-lifespans', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/x/activity', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/x/key-set', 'GET, HEAD', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/x/suspension', 'PUT, DELETE', ['GET', 'HEAD', 'POST', 'PATCH', 'OPTIONS', 'TRACE']],
        ['/x/registration-token', 'POST, DELETE', ['GET', 'HEAD', 'PUT', 'PATCH', 'OPTIONS', 'TRACE']],
        ['/x/restore', 'POST', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/x/secrets', 'GET, HEAD, POST', ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']],
        ['/x/secrets/rotate', 'POST, DELETE', ['GET', 'HEAD', 'PUT', 'PATCH', 'OPTIONS', 'TRACE']],
        ['/x/secrets/y', 'DELETE', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'TRACE']],
      ] as const)
        for (const method of others) {
          const refused = await to(method, root + path);
          const seen = [method, path, refused.status, refused.headers['allow'], refused.headers['cache-control']];
          expect(seen).toEqual([method, path, 405, allow, 'no-store']);
          if (method !== 'HEAD') expect(refused.body['error']).toBe('invalid_request');
          expect([method, path, (await to(method, root + path, {})).status]).toEqual([method, path, 401]);
        }
    // The other methods of this path are those of a client with that id.
    for (const root of ['/admin/clients', '/clients'])
      expect((await to('GET', `${root}/authenticate`)).body['error']).toBe('not_found');
    expect((await to('GET', '/admin/clients/x/notes', {})).text).toBe('["a note"]');
    for (const path of ['/admin/clients-report', '/admin/clients/x/secrets/y/z'])
      expect([path, (await to('GET', path, {})).text]).toEqual([path, 'a page']);
    for (const path of ['/admin/clients/x/notes', '/admin/clients/x/y', '/admin/clients//secrets']) {
      const { status, body } = await to('PUT', path, {});
      expect([status, body]).toEqual([404, { statusCode: 404, message: `Cannot PUT ${path}`, error: 'Not Found' }]);
    }
  });
});
