import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/service.mjs';

const TOKENS = { customer: 'token-of-carla', operator: 'token-of-oscar' };
const DEADLINE = 30_000;
/** Bodies of more bytes are refused before they are read. */
const LARGE = 2 ** 20;

/** An answer of the shop. */
async function answerOf(response) {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  };
}

/**
 * Starts the example in `folder` in a process of its own, and waits until it is open.
 *
 * @returns `ask(role, method, path, body, headers)`, its output so far, and `end()`, which tells the exit code
 */
export async function openShop(folder, flags, url) {
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port), DATABASE_URL: url };
  const child = spawn(process.execPath, ['dist/main.js', ...flags], { cwd: folder, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
  const deadline = Date.now() + DEADLINE;
  while (!output.includes('Open on')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The shop did not open: ${output}`);
    }
    await sleep(25);
  }
  const ask = async (role, method, path, body, headers = {}) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const authorization = TOKENS[role] && { authorization: `Bearer ${TOKENS[role]}` };
    const init = { method, body, headers: { ...type, ...authorization, ...headers } };
    const send = async () => answerOf(await fetch(`http://127.0.0.1:${port}/api${path}`, init));
    // A server may close the connection before it has read all of a body that it refuses, and its answer is lost with it.
    return send().catch((error) => (body?.length > LARGE ? send() : Promise.reject(error)));
  };
  const end = async () => {
    child.kill('SIGTERM');
    return (await exited)[0];
  };
  return { ask, end, output: () => output };
}

/** Asks until what is told later is there. */
export async function eventually(ask, holds) {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (holds(answer) || tries === 40) return answer;
    await sleep(25);
  }
}
