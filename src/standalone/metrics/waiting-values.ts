/** How many values of a series wait at most. */
const MOST = 256;

/**
 * Numbers that wait to be observed: many of them in a row cost a processor a fraction of as many between the steps of requests, for which
 * its caches have other code each time.
 */
export class WaitingValues {
  private readonly series = new Map<string, number[]>();

  /** @param observe takes the values of a series, which it must not keep */
  constructor(private readonly observe: (series: string, values: readonly number[]) => void) {}

  /** Adds a value to one of few series. */
  add(name: string, value: number): void {
    let values = this.series.get(name);
    if (!values) this.series.set(name, (values = []));
    if (values.push(value) >= MOST) this.pass(name, values);
  }

  /** Has all that wait observed: before somebody reads the numbers. */
  passAll(): void {
    for (const [name, values] of this.series) if (values.length > 0) this.pass(name, values);
  }

  private pass(name: string, values: number[]): void {
    this.observe(name, values);
    values.length = 0;
  }
}
