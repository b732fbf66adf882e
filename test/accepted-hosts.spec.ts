import { describe, expect, it } from '@jest/globals';
import { acceptedHosts } from '../src/http/accepted-hosts.js';

/** What a listener accepts that has two names, and runs on a machine with another one. */
function listener(address: string): (host: string) => boolean {
  return acceptedHosts({ address, names: ['Registry.example', '::5:1', 'other.example:8080'], machine: 'vm.lan' });
}

const ALWAYS = [
  'registry.example',
  'Registry.Example.:4445',
  'other.example',
  '[::5:1]:4445',
  '[0:0::5:1]',
  'localhost',
  'LOCALHOST:80',
  'localhost.:80',
  '127.0.0.1:4445',
  '127.1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]:4445',
  '[::ffff:127.0.0.1]',
];
const NEVER = [
  '',
  'evil.example',
  'localhost.evil.example',
  'evil.example:localhost',
  'evil.example@localhost',
  'localhost/evil.example',
  'localhost,evil.example',
  'localhost evil.example',
  '127.0.0.1.evil.example',
  'my_host!',
  'registry.example:99999',
];
/** Accepted where other machines can reach the listener. */
const ELSEWHERE = ['10.0.0.1', '10.0.0.1:4445', '[fd00::1]', '0.0.0.0', 'vm.lan:4445', 'vm'];

describe('a listener on a loopback address', () => {
  it.each(['127.0.0.1', '127.0.1.1', '::1', '::ffff:127.0.0.1'])('%s answers to its own names', (address) => {
    const accepts = listener(address);
    // Twice: what was accepted is remembered.
    for (const host of [...ALWAYS, ...ALWAYS]) expect([host, accepts(host)]).toEqual([host, true]);
    for (const host of [...NEVER, ...ELSEWHERE]) expect([host, accepts(host)]).toEqual([host, false]);
  });
});

describe('a listener on another address', () => {
  it.each(['0.0.0.0', '::', '10.0.0.7', 'fd00::7'])('%s answers to its own names and to every address', (address) => {
    const accepts = listener(address);
    for (const host of [...ALWAYS, ...ELSEWHERE]) expect([host, accepts(host)]).toEqual([host, true]);
    for (const host of NEVER) expect([host, accepts(host)]).toEqual([host, false]);
  });

  it('goes on judging after many spellings of its names', () => {
    const accepts = listener('0.0.0.0');
    for (let port = 1; port <= 1000; port += 1) expect(accepts(`localhost:${port}`)).toBe(true);
    expect(accepts('evil.example')).toBe(false);
  });
});
