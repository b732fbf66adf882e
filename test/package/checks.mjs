let passed = 0;
let failed = 0;

/** One line a check. */
export function check(about, holds, got) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok' : 'NOT OK'}  ${about}`);
  if (!holds && got !== undefined) console.log(`        ${typeof got === 'string' ? got : JSON.stringify(got)}`);
}

/** The last line, and the exit code. */
export function conclude() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || !passed ? 1 : 0;
}
