import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';

/** Size of a disk that is soon full, and of what is written to it at a time. */
const SIZE = '256m';
const PIECE = Buffer.alloc(1024 * 1024);

/** What a fault is when nobody may make the disk that it needs. */
export class NoDisk extends Error {}

/**
 * Runs something on a disk in memory.
 *
 * @throws NoDisk where this process may not mount one: it needs root, and containers often lack the right
 */
export async function withDisk(folder, use) {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    throw new NoDisk(String(error.stderr).trim());
  }
  try {
    return await use();
  } finally {
    execFileSync('umount', ['--lazy', folder]);
  }
}

/** Lets nobody write to a disk, or lets all do so again. Nobody may have one of its files open. */
export function remount(folder, way) {
  execFileSync('mount', ['-o', `remount,${way}`, folder]);
}

/** Writes to a disk until it is full. */
export function fill(file) {
  try {
    for (;;) appendFileSync(file, PIECE);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
}
