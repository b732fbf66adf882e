import { describe, expect, it } from '@jest/globals';
import { redirectUriFault, webUrlFault } from '../src/clients/metadata/values/uri.js';

/** So many calls that the engine has optimised whatever it optimises. */
const WARM = 20_000;

describe('URLs with letters beyond ASCII in their host', () => {
  it.each([
    ['webUrlFault', webUrlFault],
    ['redirectUriFault', redirectUriFault],
  ])('are accepted by %s however many URLs the process has checked', (_, faultOf) => {
    const hosts = ['münchen.example', 'café.example', 'пример.example', 'plain.example'];
    const refused = hosts.flatMap((host) => {
      for (let call = 0; call < WARM; call += 1) {
        const fault = faultOf(`https://${host}/cb`);
        if (fault) return [`${host} at call ${call}: ${fault}`];
      }
      return [];
    });
    expect(refused).toEqual([]);
  });
});
