/** `make`, called once: every later call returns the value of the first. A change that lost a race repeats nothing slow. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** As {@link once}, for each key: the same key returns the same value. */
export function oncePerKey<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, () => T>();
  return (key) => {
    const known = made.get(key) ?? once(() => make(key));
    made.set(key, known);
    return known();
  };
}
