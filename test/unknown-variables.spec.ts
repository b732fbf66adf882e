import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { placeOfPostgres } from '../src/database/postgres/url/url-place.js';
import { Config, readConfig, unknownVariables } from '../src/standalone/config/config.js';

describe('an unknown variable', () => {
  it.each([
    ['ADMIN_PROT', 'ADMIN_PORT'],
    ['ADMIN_PROTX', 'ADMIN_PORT'],
    ['ADMIN_HOSTS', 'ADMIN_HOST'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABASE_URL_FIEL', 'DATABASE_URL_FILE'],
    ['SHUTDOWN_TIMOUT', 'SHUTDOWN_TIMEOUT'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['LOG_FORMTA', 'LOG_FORMAT'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASES_URI', 'DATABASE_URL'],
    ['DMIN_PORT', 'ADMIN_PORT'],
    ['SHUTDWON_TIMEOUT', 'SHUTDOWN_TIMEOUT'],
  ])('%s is refused, as %s was probably meant, and its value is not repeated', (name, meant) => {
    expect(() => readConfig({ [name]: 'hidden' })).toThrow(`${name} is unknown: use ${meant}, or remove it.`);
  });

  it.each(['DATABASE_PASSWORD', 'LOG_COLOURS', 'PUBLIC_KEY', 'ADMIN_EMAIL', 'SECRET_KEY_BASE', 'ADMIN_PROXY_PORT'])(
    '%s is accepted, and reported',
    (name) => {
      expect(readConfig({ [name]: 'x' })).toEqual(new Config());
      expect([...unknownVariables({ [name]: 'x' }).keys()]).toEqual([name]);
    },
  );

  it.each([
    ['PATH', '/bin'],
    ['HOST', 'x'],
    ['PORT', '1'],
    ['LOG', 'x'],
    ['LOGLEVEL', 'x'],
    ['NODE_ENV', 'x'],
    ['MAIN_PORT', '1'],
    ['DATABASEURL', 'x'],
    ['BLOG_LEVELS', 'x'],
    ['DOMAIN_HOST', 'x'],
    ['ADMIN_PROT', ''],
    ['ADMIN_SERVICE_HOST', '10.0.0.1'],
    ['ADMIN_SERVICE_PORT', '80'],
    ['ADMIN_SERVICE_PORT_HTTP', '80'],
    ['DATABASE_PORT', 'tcp://10.0.0.1:5432'],
    ['DATABASE_PORT_5432_TCP', 'tcp://10.0.0.1:5432'],
    ['DATABASE_PORT_5432_TCP_ADDR', '10.0.0.1'],
    ['DATABASE_PORT_5432_TCP_PORT', '5432'],
    ['DATABASE_PORT_5432_TCP_PROTO', 'tcp'],
    ['ADMIN_PORT', 'tcp://10.0.0.1:80'],
  ])('%s=%s is not the service’s', (name, value) => {
    expect(readConfig({ [name]: value })).toEqual(new Config());
    expect(unknownVariables({ [name]: value }).size).toBe(0);
  });

  it('does not hide a wrong value of a known one', () => {
    expect(() => readConfig({ ADMIN_PORT: '10.0.0.1' })).toThrow('ADMIN_PORT must be a port');
  });
});

describe('the place of a database', () => {
  it.each([
    ['postgres://user:hidden@a/clients?password=hidden', 'postgres://a:5432/clients'],
    ['postgres://user:hid@den@a,[fd00::1]:5433/clients', 'postgres://a:5432,[fd00::1]:5433/clients'],
    ['postgres://user:12/hidden@a/clients', 'postgres://user:12'],
    ['postgres://user:hidden@b/clients?host=/run/sql', 'postgres://%2Frun%2Fsql/clients'],
  ])('of %s is %s', (url, place) => expect(placeOfPostgres(url)).toBe(place));
});
