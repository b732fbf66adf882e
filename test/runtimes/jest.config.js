import base from '../../jest.config.js';

/**
 * What another release of Node could change: servers, sockets and streams, native packages, threads, signals, TLS and fetch,
 * URLs, JSON and text, and every operation of the admin API in each way that the registry is run.
 */
export default {
  ...base,
  rootDir: '../..',
  testMatch: [
    '**/test/{admin-api,checkpointer,embedding-hosts,express,listener,sector-identifier,shutdown,sqlite-writer,start,transport}.e2e-spec.ts',
    '**/test/{internals,json-body,secrets,uri}.spec.ts',
  ],
};
