import { userInfo } from 'node:os';
import type { Actor } from '../../access/principal.js';

/** Returns the name of the user of the operating system; the user's number where there is no name, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** Returns the actor that the journal records: the user who runs the command. */
export function shellActor(): Actor {
  const name = userName();
  return { type: 'cli', id: name, name };
}
