import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { sourceOf as sourceBehind } from '../src/access/refusals/source.js';
import { sourceOf } from '../src/http/source-of.js';

/** A request that a proxy at 10.0.0.1 has passed on. */
const passedOn = (forwarded: string) =>
  ({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: '10.0.0.1' } }) as unknown as IncomingMessage;

describe('the source of a request', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:4000', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4000', '2001:db8::1'],
  ])('that a proxy writes as %s is %s, at both listeners', (written, source) => {
    expect(sourceOf({ ip: written })).toBe(source);
    expect(sourceBehind(passedOn(`198.51.100.1, ${written}`), (address) => address === '10.0.0.1')).toBe(source);
  });

  it.each(['unknown', '', '203.0.113', '_hidden', '[203.0.113.7', '1.2.3.4:port'])(
    'that is written as %j is nobody’s, and the proxy is who is known',
    (written) => {
      expect(sourceOf({ ip: written })).toBeUndefined();
      expect(sourceBehind(passedOn(written), (address) => address === '10.0.0.1')).toBe('10.0.0.1');
    },
  );
});
