import { type Histogram, LATENCY_BOUNDS, type MetricDefinition, type Sample } from "./metric.ts";

/** Media type of the text, which tells the reader its version. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Returns a counter or a gauge in the text format of Prometheus. */
export function exposeSamples(definition: MetricDefinition, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) =>
    `${definition.name}${labelled(definition.labels, labels)} ${written(value)}\n`
  );
  return head(definition) + lines.join("");
}

/** Returns a histogram in the text format of Prometheus; its buckets include the smaller ones. */
export function exposeHistogram(definition: MetricDefinition, histogram: Histogram): string {
  const { name, labels } = definition;
  let text = head(definition);
  for (const { label, counts, sum } of histogram.distributions()) {
    let count = 0;
    for (const [place, inside] of counts.entries()) {
      count += inside;
      const bound = LATENCY_BOUNDS[place];
      const edge = bound === undefined ? "+Inf" : String(bound);
      text += `${name}_bucket${labelled([...labels, "le"], [label, edge])} ${count}\n`;
    }
    text += `${name}_sum${labelled(labels, [label])} ${written(sum)}\n`;
    text += `${name}_count${labelled(labels, [label])} ${count}\n`;
  }
  return text;
}

function head({ name, type, help }: MetricDefinition): string {
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n` +
    `# TYPE ${name} ${type}\n`;
}

function labelled(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  return `{${names.map((name, index) => `${name}="${escaped(values[index] ?? "")}"`).join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function written(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value === Number.POSITIVE_INFINITY ? "+Inf" : String(value);
}
