import { userInfo } from 'node:os';
import type { Actor } from '../../access/principal.js';

/** The name of the user of the operating system; its number where it has no name, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** Who types the command, as the journal keeps it. */
export function shellActor(): Actor {
  const name = userName();
  return { type: 'cli', id: name, name };
}
