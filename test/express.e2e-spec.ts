import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Header, HttpCode, Module, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { PlainExpressAdapter } from '../src/http/plain-express.adapter.js';
import { listening, type RunningHost } from './support/host.js';
import { request as ask, rawRequest } from './support/http.js';

@Controller()
class EchoController {
  @Get('echo')
  echo(@Req() request: Request, @Query() query: object): object {
    const { ip, protocol, hostname, path, originalUrl, secure, xhr } = request;
    return {
      query,
      ip,
      protocol,
      hostname,
      path,
      originalUrl,
      secure,
      xhr,
      accepts: request.accepts('json'),
      agent: request.get('user-agent'),
    };
  }

  @Post('echo')
  take(@Body() body: object): object {
    return body;
  }

  @Get('text')
  @Header('Content-Type', 'application/json; charset=utf-8')
  text(@Query('length') length: string): string {
    return `"${'ä'.repeat(Number(length))}"`;
  }

  @Get('tagged')
  @Header('Content-Type', 'application/json; charset=utf-8')
  @Header('ETag', '"1"')
  tagged(): string {
    return '"of one state"';
  }

  @Get('none')
  @HttpCode(204)
  @Header('Content-Type', 'application/json; charset=utf-8')
  none(): string {
    return '"nobody sees this"';
  }

  @Get('latin')
  @Header('Content-Type', 'text/plain; charset=iso-8859-1')
  latin(): string {
    return 'ä';
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('streamed'), { type: 'text/plain' });
  }

  @Get('fails')
  fails(): never {
    throw new Error('on purpose');
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

async function start(adapter: ExpressAdapter, { tags = true } = {}): Promise<RunningHost> {
  const app = await NestFactory.create<NestExpressApplication>(EchoModule, adapter, {
    logger: false,
    forceCloseConnections: true,
  });
  if (!tags) app.disable('etag');
  app.enableShutdownHooks([]);
  return listening(app);
}

const CALLS: [string, Parameters<typeof rawRequest>[1]?][] = [
  ['/echo?a=1&b=2'],
  ['/echo', { headers: { 'user-agent': 'judge', 'x-requested-with': 'XMLHttpRequest' } }],
  ['/echo', { method: 'POST', body: '{"a":[1]}', headers: { 'content-type': 'application/json' } }],
  ['/echo', { method: 'POST', body: '{"a":', headers: { 'content-type': 'application/json' } }],
  ['/echo', { method: 'HEAD' }],
  ['/text?length=1'],
  ['/text?length=2000'],
  ['/text?length=2000', { method: 'HEAD' }],
  ['/tagged'],
  ['/tagged', { headers: { 'if-none-match': '"1"' } }],
  ['/none'],
  ['/latin'],
  ['/file'],
  ['/fails'],
  ['/nothing'],
  ['/%zz'],
];

/** What a raw pipeline of two requests on one connection gets back, and whether the connection is then closed. */
async function pipelined(url: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\nGET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text.replaceAll(/Date: .*/g, 'Date');
}

describe('Express on requests that are born with its prototypes', () => {
  it.each([true, false])('answers like stock Express; tags of its own: %s', async (tags) => {
    await using plain = await start(new PlainExpressAdapter(), { tags });
    await using stock = await start(new ExpressAdapter(), { tags });
    const answers = async ({ url, app }: RunningHost) => {
      const all: unknown[] = [await pipelined(url)];
      for (const [path, init = {}] of CALLS) {
        const { status, headers: sent, text } = await rawRequest(url + path, init);
        const headers = Object.fromEntries(Object.entries(sent).filter(([name]) => name !== 'date'));
        all.push([path, status, headers, text.replaceAll(new URL(url).host, 'host')]);
      }
      const { keepAliveTimeout, headersTimeout, requestTimeout, timeout, maxHeadersCount } =
        app.getHttpServer() as Server;
      return [...all, { keepAliveTimeout, headersTimeout, requestTimeout, timeout, maxHeadersCount }];
    };
    expect(await answers(plain)).toEqual(await answers(stock));
  });

  it('finds nothing to swap', async () => {
    await using host = await start(new PlainExpressAdapter());
    const { app } = host;
    const { request: prototype } = app.getHttpAdapter().getInstance() as { request: object };
    const born = once(app.getHttpServer() as NodeJS.EventEmitter, 'request') as Promise<[object]>;
    (app.getHttpServer() as NodeJS.EventEmitter).prependOnceListener('request', (request: object) =>
      expect(Object.getPrototypeOf(request)).toBe(prototype),
    );
    await ask(`${host.url}/file`);
    expect(Object.getPrototypeOf((await born)[0])).toBe(prototype);
  });

  it('keeps requests and responses objects whose properties the engine finds by their place', async () => {
    await using host = await start(new PlainExpressAdapter());
    // The first ones of a kind show the engine how much room the next ones take.
    for (let turn = 0; turn < 20; turn += 1) await ask(`${host.url}/text?length=1`);
    const born = once(host.app.getHttpServer() as NodeJS.EventEmitter, 'request') as Promise<[object, object]>;
    await ask(`${host.url}/text?length=1`);
    const both = await born;
    setFlagsFromString('--allow-natives-syntax');
    const isFast = runInThisContext('(object) => %HasFastProperties(object)') as (object: object) => boolean;
    expect(both.map(isFast)).toEqual([true, true]);
    setFlagsFromString('--no-allow-natives-syntax');
  });

  it('lets go of open connections when it closes', async () => {
    await using host = await start(new PlainExpressAdapter());
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket.resume(), 'close');
    await host.close();
    await closed;
  });
});
