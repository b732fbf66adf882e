// A thread of its own, so that those who send wrong keys do not hold up the clock of those who have the right one.
import { parentPort, workerData } from 'node:worker_threads';
import { paced } from './paced.mjs';

const { url, keys, pace } = workerData;
const headersOf = (at) => ({ authorization: `Bearer ${keys[at % keys.length]}` });
// 429 beyond ADMIN_MAX_REFUSED.
parentPort.postMessage(await paced(url, headersOf, { ...pace, statuses: [401, 429] }), []);
