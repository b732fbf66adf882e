/** The ways in which callers of the admin API may authenticate. */
export const WAYS = ['api-key', 'jwt', 'mtls'] as const;

/** One of the {@link WAYS}. */
export type Way = (typeof WAYS)[number];

/** The way that each setting is for, by the name of the setting. */
const wayOf = new Map<string, Way>();

/** Declares that a setting has an effect only where `ADMIN_AUTH` has this way. */
export function For(way: Way): PropertyDecorator {
  return (_, name) => void wayOf.set(String(name), way);
}

/**
 * Returns the first setting that is set but has no effect.
 *
 * @param settings values by name; unset ones are empty
 * @param ways the ways in `ADMIN_AUTH`
 */
export function idleSetting(settings: object, ways: readonly string[]): { name: string; way: Way } | undefined {
  const [name, way] =
    [...wayOf].find(([setting, needed]) => {
      const value = Reflect.get(settings, setting) as string | readonly string[];
      return value.length > 0 && !ways.includes(needed);
    }) ?? [];
  return name !== undefined && way ? { name, way } : undefined;
}
