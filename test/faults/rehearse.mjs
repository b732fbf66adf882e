import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from '../support/service.mjs';
import { Callers } from './callers.mjs';

/** How long callers are served before a fault and after it, in milliseconds. */
const CALM = 500;

/** Does the chain of the journal hold? */
function verifies(url) {
  const args = ['dist/cli/cli.js', 'audit', 'verify'];
  const env = { PATH: process.env.PATH, DATABASE_URL: url };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`.trim();
}

/**
 * Has callers ask the service while something happens to it or to its database.
 *
 * @param {string} url of the database
 * @param {(stage: object) => Promise<void>} happen does it, and undoes it. The stage has the service, ends it, starts it anew, and lets
 * it refuse to start
 * @param more variables of the service, and what callers send as `Authorization`
 * @returns what callers saw, and what is wrong
 */
export async function rehearse(url, happen, { environment = {}, credential } = {}) {
  const start = () =>
    startService({ DATABASE_URL: url, DATABASE_MIGRATE: 'true', LOG_LEVEL: 'silent', ...environment });
  const wrong = [];
  const stage = {
    wrong,
    /** Does the service end in the midst of requests? Otherwise each that it accepted has an answer. */
    mayBreak: false,
    /** May a change have been made that was not acknowledged? */
    mayBeUnasked: true,
    service: await start(),
    again: async () => {
      stage.service = await start();
    },
    end: async () => {
      const code = await stage.service.end('SIGTERM');
      if (code !== 0) wrong.push(`the service ended with ${code}: ${stage.service.output()}`);
    },
    refusesToStart: async (why) => {
      const refusal = await start().then(
        () => 'it started',
        ({ message }) => message,
      );
      if (!why.test(refusal)) wrong.push(`the service did not refuse to start for ${why.source}: ${refusal}`);
    },
  };
  const callers = new Callers(() => stage.service.url, credential);
  stage.callers = callers;
  callers.start();
  await sleep(CALM);
  try {
    await happen(stage);
    await callers.recovered();
    await sleep(CALM);
  } catch (error) {
    stage.service.child.kill('SIGKILL');
    throw error;
  } finally {
    await callers.stop();
  }
  await stage.lastly?.();
  const { lost, unasked } = await callers.compare();
  wrong.push(...lost.map((what) => `lost: ${what}`));
  if (!stage.mayBeUnasked) wrong.push(...unasked.map((what) => `done, and not answered: ${what}`));
  await stage.end();
  const chain = verifies(url);
  if (chain) wrong.push(chain);
  const { broken, others } = callers.seen;
  if (broken > 0 && !stage.mayBreak) wrong.push(`${broken} requests were accepted and not answered`);
  if (others.size > 0) wrong.push(`answers that are neither success nor 503: ${JSON.stringify([...others])}`);
  return { ...callers.seen, longest: callers.longest, unasked: unasked.length, lost: lost.length, wrong };
}
