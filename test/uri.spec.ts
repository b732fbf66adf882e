import { describe, expect, it } from '@jest/globals';
import { logoutUriFault, originFault, redirectUriFault } from '../src/clients/metadata/values/uri.js';
import { httpsUrlFault, webUrlFault } from '../src/fields/web-url.js';
import { missingSchemeFault } from '../src/clients/metadata/values/missing-scheme.js';

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

describe('what is wrong with a URI is said as it is', () => {
  const web = [
    ['https://app.example.com:99999/cb', /port from 0 to 65535/],
    ['https://app.example.com:port/cb', /port from 0 to 65535/],
    ['https://[::1]:65536', /port from 0 to 65535/],
    ['https://app.example.com/a b', /spaces/],
    ['https://app.example.com/\u0007', /control characters/],
    ['https://app.example.com\\@other.example/', /backslashes/],
    ['https://app.example.com/100%', /% without two hexadecimal digits/],
    ['https://[::1/cb', /host that is a name or an IP address/],
    ['https://1.2.3.256/cb', /host that is a name or an IP address/],
  ] as const;

  it.each(web)('%s', (uri, words) => {
    for (const faultOf of [webUrlFault, httpsUrlFault, redirectUriFault, logoutUriFault, originFault])
      expect(faultOf(uri)).toMatch(words);
  });

  it.each([
    ['my_app://cb', /scheme of letters, digits, \+, - and \. only: _ is not allowed/],
    ['my~app:/cb', /~ is not allowed/],
    ['myäpp://cb', /ä is not allowed/],
    ['1app://cb', /absolute URI/],
    ['/cb', /absolute URI/],
    ['//app.example.com/cb', /absolute URI/],
    ['', /absolute URI/],
    ['com.example.app:', /end with a colon/],
    ['my app://cb', /spaces/],
  ])('%s', (uri, words) => {
    for (const faultOf of [redirectUriFault, logoutUriFault]) expect(faultOf(uri)).toMatch(words);
  });

  it.each(['ftp://app.example.com', '//app.example.com', 'https:///cb', 'https:app.example.com', 'https://'])(
    '%s',
    (uri) => {
      expect(webUrlFault(uri)).toMatch(/http or https URL with a host/);
      expect(httpsUrlFault(uri)).toMatch(/https URL with a host/);
      expect(originFault(uri)).toMatch(/http or https origin/);
    },
  );
});

describe('a URI that begins with a host and a port', () => {
  it.each(['localhost:3000', 'localhost:3000/cb', 'app.example.com:443/cb?a=b', 'LOCALHOST:80?a', 'myapp:123/cb'])(
    'lacks its scheme: %s',
    (uri) => expect(missingSchemeFault(uri)).toBe(`must begin with a scheme: write http://${uri}`),
  );

  it.each([
    'com.example.app:/cb',
    'myapp:/cb',
    'myapp://1:2',
    'myapp:123456',
    'myapp:12a',
    'urn:1:2',
    'https://a:1/cb',
  ])('does not lack it: %s', (uri) => expect(missingSchemeFault(uri)).toBeUndefined());
});
