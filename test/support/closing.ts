/** Lets `await using` close something that has a `close`, which is then done only once. */
export function closing<T extends { close: () => Promise<unknown> }>(resource: T): T & AsyncDisposable {
  const end = resource.close.bind(resource);
  let ended: Promise<unknown> | undefined;
  const close = () => (ended ??= end());
  return Object.assign(resource, { close, [Symbol.asyncDispose]: async () => void (await close()) });
}
