import { setTimeout as sleep } from 'node:timers/promises';

/** How long a service runs between two ends, and a connection between two cuts, in milliseconds. */
const LIFE = 300;

const CODES = { SIGKILL: null, SIGTERM: 0 };

/** Ends the service and starts it anew, again and again. After SIGTERM, what nobody answered must not have been done. */
export function ends(signal, times) {
  return async (stage) => {
    for (let time = 0; time < times; time += 1) {
      await sleep(LIFE);
      const code = await stage.service.end(signal);
      if (code !== CODES[signal]) stage.wrong.push(`the service ended with ${code}: ${stage.service.output()}`);
      await stage.again();
    }
    stage.mayBreak = stage.mayBeUnasked = signal === 'SIGKILL';
  };
}

const CUT =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

/** Ends all connections to a server, again and again. */
export async function cuts(server, times) {
  for (let time = 0; time < times; time += 1) {
    await sleep(LIFE);
    await server.query(CUT);
  }
}
