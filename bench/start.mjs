import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { START, startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { median } from './load.mjs';

/** How long a process rests before its memory is read, in milliseconds. */
const REST = 2000;

const SCRIPTS = { service: START, 'bare Nest': ['bench/bare-application.mjs'] };

/** Starts a process; returns the milliseconds until it is ready, and what it then holds of the machine's memory, in MiB. */
async function start(script, DATABASE_URL) {
  const begun = performance.now();
  const service = await startService({ DATABASE_URL, DATABASE_MIGRATE: 'true' }, '.', () => script);
  const ready = performance.now() - begun;
  await sleep(REST);
  const [, resident] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.child.pid}/status`, 'utf8'));
  await service.end('SIGTERM');
  return { ready, resident: Number(resident) / 1024 };
}

async function measure(database, rounds) {
  const urls = {};
  for (const name of Object.keys(SCRIPTS)) {
    urls[name] = await database.another(`start_${name.replace(' ', '_').toLowerCase()}`);
    // Makes the tables: what is measured is the start of a service that has run before.
    await start(SCRIPTS[name], urls[name]);
  }
  const all = { service: [], 'bare Nest': [] };
  for (let round = 0; round < rounds; round += 1)
    for (const name of Object.keys(SCRIPTS)) all[name].push(await start(SCRIPTS[name], urls[name]));
  const figures = Object.fromEntries(
    Object.entries(all).map(([name, seen]) => [
      name,
      { ready: median(seen.map(({ ready }) => ready)), resident: median(seen.map(({ resident }) => resident)) },
    ]),
  );
  const { service, 'bare Nest': bare } = figures;
  console.log(`\nstart, ${database.name}`);
  for (const [name, { ready, resident }] of Object.entries(figures))
    console.log(`  ${name.padEnd(16)} ready after ${ready.toFixed(0)} ms, holds ${resident.toFixed(0)} MiB`);
  const ratios = [service.ready / bare.ready, service.resident / bare.resident].map((ratio) => ratio.toFixed(2));
  console.log(`  service takes ${ratios[0]} times as long, and holds ${ratios[1]} times as much`);
  return figures;
}

/** Measures how long the service takes to start, and its memory, beside a bare Nest application with the same packages. Linux only. */
export function starts(options) {
  return onEach(options, (database) => measure(database, options.rounds));
}
