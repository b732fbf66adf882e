import { readFileSync } from 'node:fs';

/** Settings that hold a secret. */
const secrets = new Set<string>();

/** Declares that a setting holds a secret: the variable of its name with `_FILE` may name a file with the value instead. */
export function Secret(): PropertyDecorator {
  return (_, name) => void secrets.add(String(name));
}

/** Returns the names of the variables that may name files with secrets. */
export function secretFileNames(): string[] {
  return [...secrets].map(fileNameOf);
}

function fileNameOf(name: string): string {
  return `${name}_FILE`;
}

/** The variables, with the secrets that were read from files, and what is wrong with those files. */
export interface ReadSecrets {
  variables: Record<string, unknown>;
  faults: string[];
}

/** Reads the secrets from the files that variables name, each without the line break at its end. */
export function readSecretFiles(environment: Record<string, unknown>): ReadSecrets {
  const read: ReadSecrets = { variables: { ...environment }, faults: [] };
  for (const name of secrets) {
    const file = environment[fileNameOf(name)];
    if (typeof file !== 'string' || file === '') continue;
    if (environment[name]) {
      read.faults.push(`${fileNameOf(name)} must not be set beside ${name}`);
      continue;
    }
    try {
      read.variables[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      read.faults.push(
        `${fileNameOf(name)} names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`,
      );
    }
  }
  return read;
}
