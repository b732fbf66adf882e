import { expect, it } from '@jest/globals';
import { isPublic } from '../src/http/outbound/public-address.js';

it.each(['93.184.215.14', '::ffff:93.184.215.14', '2000::1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '3ffd:ffff::1'])(
  '%s is a public address',
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

it.each([
  // Outside of 2000::/3.
  '::',
  '::1',
  '::7f00:1',
  '::5db8:d70e',
  '64:ff9b::a00:1',
  '64:ff9b:1::1',
  '100::1',
  '100:0:0:1::1',
  '1fff:ffff::1',
  '4000::1',
  '5f00::1',
  '8000::1',
  'e000::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  // The special blocks within it.
  '2001::1',
  '2001:2::1',
  '2001:db8::1',
  '2002:a00:1::',
  '2620:4f:8000::1',
  '3fff::1',
  // IPv4, as it is and mapped.
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::ffff:10.0.0.1',
  '::ffff:0:10.0.0.1',
  'localhost',
  '',
])('%j is not a public address', (address) => {
  expect(isPublic(address)).toBe(false);
});
