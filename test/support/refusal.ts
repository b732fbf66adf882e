import { isAxiosError } from 'axios';

/** Status and error code that a call of @ory/hydra-client is refused with. */
export async function refusal(call: Promise<unknown>): Promise<[status: number | undefined, error: unknown]> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isAxiosError(error)) throw new Error('It was not refused.');
  return [error.response?.status, (error.response?.data as { error: unknown } | undefined)?.error];
}
