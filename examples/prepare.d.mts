/** Packs the registry in `folder` as it would be published, and returns the path of the tarball. */
export function pack(folder: string): Promise<string>;

/** Copies an example into an empty `folder`, installs its dependencies and the registry from `tarball`, and compiles it. */
export function prepare(example: string, folder: string, tarball: string): Promise<void>;

/** Copies an example into an empty `folder`, and compiles it with the packages and the build of this checkout: without a network. */
export function link(example: string, folder: string): Promise<void>;
