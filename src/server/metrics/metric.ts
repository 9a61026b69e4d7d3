/** What a metric is called, what it counts, and by which labels. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

/** One value of a metric, with its labels in the order of the definition. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

/** Combinations of labels that one metric keeps; what comes after them is counted under `other`. */
const MAX_SERIES = 2_000;

/** A number that only grows, by its labels. */
export class Counter {
  readonly #labels: number;
  readonly #series = new Map<string, { labels: readonly string[]; value: number }>();

  /** Creates a counter; without labels it starts at 0, so that its first growth is seen. */
  constructor(definition: MetricDefinition) {
    this.#labels = definition.labels.length;
    if (this.#labels === 0) this.add();
  }

  /** Adds to the series with these labels. */
  add(labels: readonly string[] = [], by = labels.length === 0 ? 0 : 1): void {
    const key = labels.join("\0");
    const known = this.#series.get(key);
    if (known !== undefined) known.value += by;
    else if (this.#series.size < MAX_SERIES) this.#series.set(key, { labels, value: by });
    else this.add(Array<string>(this.#labels).fill("other"), by);
  }

  /** Returns every series. */
  samples(): readonly Sample[] {
    return [...this.#series.values()];
  }
}

/** Upper bounds of latency in seconds; a call of the host takes a few milliseconds. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
];

interface Distribution {
  readonly label: string;
  readonly counts: number[];
  sum: number;
}

/** How often a duration was within each bound, by one label. */
export class Histogram {
  readonly #byLabel = new Map<string, Distribution>();

  /** Adds a duration in seconds. */
  observe(label: string, seconds: number): void {
    let found = this.#byLabel.get(label);
    if (found === undefined) {
      found = { label, counts: Array<number>(LATENCY_BOUNDS.length + 1).fill(0), sum: 0 };
      this.#byLabel.set(label, found);
    }
    const at = LATENCY_BOUNDS.findIndex((bound) => seconds <= bound);
    const place = at < 0 ? LATENCY_BOUNDS.length : at;
    found.counts[place] = (found.counts[place] ?? 0) + 1;
    found.sum += seconds;
  }

  /** Returns every distribution. */
  distributions(): readonly Readonly<Distribution>[] {
    return [...this.#byLabel.values()];
  }
}
