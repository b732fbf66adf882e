import { expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { DurationHistogram } from '../src/standalone/metrics/duration-histogram.js';

const SETTINGS = { name: 'seconds', help: 'Time.', labelNames: ['route', 'status'], buckets: [0.001, 0.01, 1] };

it('shows the same numbers as a histogram of prom-client, as text and as JSON', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const mine = new DurationHistogram({ ...SETTINGS, registers: [ours] });
  const others = new Histogram({ ...SETTINGS, registers: [theirs] });
  for (const status of ['2xx', '5xx'])
    for (const seconds of [0, 0.0005, 0.001, 0.0010001, 0.5, 1, 1.1, 60]) {
      mine.series({ route: '/a"b/:id', status }).add(seconds);
      others.observe({ route: '/a"b/:id', status }, seconds);
    }
  const text = await ours.metrics();
  expect(text).toContain('seconds_bucket{le="0.001",route="/a\\"b/:id",status="5xx"} 3\n');
  expect(text).toBe(await theirs.metrics());
  const valuesIn = async (registry: Registry) =>
    (await registry.getMetricsAsJSON()).map(({ values }) => values.map(({ labels, value }) => ({ labels, value })));
  expect(await valuesIn(ours)).toEqual(await valuesIn(theirs));
});
