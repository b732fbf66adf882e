import 'reflect-metadata';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runInNewContext } from 'node:vm';

/** Errors of Jest's own resolver are of another realm than those of the tests. */
const ForeignError = runInNewContext('Error') as ErrorConstructor;

describe('a host without @nestjs/event-emitter', () => {
  beforeEach(() => {
    jest.resetModules();
  });

  async function open(message: string): Promise<void> {
    jest.unstable_mockModule('@nestjs/event-emitter', () => {
      throw Object.assign(new ForeignError(message), { code: 'MODULE_NOT_FOUND' });
    });
    const { openTestRegistry } = await import('../src/testing.js');
    const registry = await openTestRegistry();
    await registry.clients.create({ client_id: 'x' });
    expect(registry.events.map(({ type }) => type)).toEqual(['client.created']);
    await registry.close();
  }

  it('starts, and has the events in its sink', () =>
    open(`Cannot find module '@nestjs/event-emitter' from 'src/clients/client-events.ts'`));

  it('does not start when the package is there and cannot be loaded', () =>
    expect(
      open(`Cannot find module 'eventemitter2' from 'node_modules/@nestjs/event-emitter/dist/index.js'`),
    ).rejects.toThrow('eventemitter2'));
});
