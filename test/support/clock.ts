import { jest } from '@jest/globals';

/** All but the repeated timers runs as ever. */
const REAL = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

/** From now on nothing that is repeated happens, unless the test lets time pass by `jest.advanceTimersByTime`. */
export function stopIntervals(): void {
  jest.useFakeTimers({ doNotFake: [...REAL] });
}

/** From now on the date is not the real one: it passes when a test says so, by `jest.setSystemTime`. */
export function stopDate(): void {
  const timers = ['setInterval', 'clearInterval'] as const;
  jest.useFakeTimers({ doNotFake: [...REAL.filter((name) => name !== 'Date'), ...timers] });
}

/** As {@link stopIntervals} and {@link stopDate} together: `jest.advanceTimersByTime` lets time pass for both. */
export function stopTime(): void {
  jest.useFakeTimers({ doNotFake: REAL.filter((name) => name !== 'Date') });
}
