/**
 * Native ESM; SWC compiles with decorator metadata as tsc does. Two workers: the machines this runs on have two cores.
 */
export default {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test', '<rootDir>/src'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  // It needs PgBouncer, see `npm run test:pgbouncer`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/pgbouncer/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', '^(\\.{1,2}/.*/driver-package)\\.cjs$': '$1.cts' },
  transform: {
    '^.+\\.cts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  maxWorkers: 2,
  // Jest keeps the ES modules of suites that have ended. A worker that has grown to 2 GB takes longer to exit than Jest waits.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 120_000,
};
