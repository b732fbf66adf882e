/** Ways of callers of the admin API to show who they are. */
export const WAYS = ['api-key', 'jwt', 'mtls'] as const;

/** One of the {@link WAYS}. */
export type Way = (typeof WAYS)[number];

/** The way that a setting is for. */
const wayOf = new Map<string, Way>();

/** Declares that a setting has an effect only where `ADMIN_AUTH` has this way. */
export function For(way: Way): PropertyDecorator {
  return (_, name) => void wayOf.set(String(name), way);
}

/**
 * The first setting that is set and has no effect.
 *
 * @param settings values by name; unset ones are empty
 * @param ways what `ADMIN_AUTH` has
 */
export function idleSetting(settings: object, ways: readonly string[]): { name: string; way: Way } | undefined {
  const [name, way] =
    [...wayOf].find(([setting, needed]) => {
      const value = Reflect.get(settings, setting) as string | readonly string[];
      return value.length > 0 && !ways.includes(needed);
    }) ?? [];
  return name !== undefined && way ? { name, way } : undefined;
}
