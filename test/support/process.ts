import { startService, type Service } from './service.mjs';

export { freePort } from './service.mjs';

/** A service that is killed when it is disposed of. */
export type ServiceProcess = Service & AsyncDisposable;

/**
 * Starts `dist/service.js` and waits until it is ready.
 *
 * @param script another file with its arguments, for the port that it must listen on
 */
export async function startProcess(
  environment: Record<string, string>,
  script?: (port: number) => string[],
): Promise<ServiceProcess> {
  const service = await startService({ BCRYPT_COST: '4', ...environment }, '.', script);
  return { ...service, [Symbol.asyncDispose]: async () => void (await service.end('SIGKILL')) };
}
