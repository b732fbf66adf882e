// npm run test:faults -- [--long] [--only WORDS]: what callers see while something goes wrong, and that nothing is lost by it.
import { parseArgs } from 'node:util';
import { NoDisk } from './disk.mjs';
import { otherFaults } from './others.mjs';
import { postgresFaults } from './postgres.mjs';
import { socketFaults } from './sockets.mjs';
import { sqliteFaults } from './sqlite.mjs';

const { values } = parseArgs({
  options: { long: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

const extent = { long: values.long, kills: values.long ? 50 : 5, terms: values.long ? 30 : 3 };
/** All faults by name: each returns what `rehearse` does. */
const faults = { ...sqliteFaults(extent), ...postgresFaults(extent), ...socketFaults(extent), ...otherFaults(extent) };

const WIDTH = 9;
const NOTHING = { requests: 0, done: 0, unavailable: 0, refused: 0, broken: 0, unasked: 0, lost: 0, longest: 0 };
const COLUMNS = ['requests', 'done', '503', 'refused', 'broken', 'unasked', 'lost', 'longest'];
const row = (cells, name) => console.log(`${cells.map((cell) => String(cell).padStart(WIDTH)).join('')}  ${name}`);
console.log(`Requests: done, answered with 503, refused because nobody listened, and broken off.
Changes that were done though they were not acknowledged, what was acknowledged and is lost, and how long nothing was done.`);
row(COLUMNS, 'fault');
const chosen = Object.entries(faults).filter(([name]) => name.includes(values.only));
if (chosen.length === 0) throw new Error(`No fault has ${values.only} in its name.`);
let wrong = 0;
for (const [name, rehearsed] of chosen) {
  const seen = await rehearsed().catch((error) => {
    if (!(error instanceof NoDisk)) return { ...NOTHING, wrong: [error.stack] };
    row(Array(COLUMNS.length).fill(''), `${name}: not rehearsed, ${error.message}`);
    return undefined;
  });
  if (!seen) continue;
  const { requests, done, unavailable, refused, broken, unasked, lost, longest } = seen;
  row([requests, done, unavailable, refused, broken, unasked, lost, `${Math.round(longest)} ms`], name);
  for (const fault of seen.wrong.slice(0, 5)) console.log(`          ${fault}`);
  wrong += seen.wrong.length;
}
console.log(wrong === 0 ? 'Nothing was lost.' : `${wrong} things went wrong.`);
process.exit(wrong === 0 ? 0 : 1);
