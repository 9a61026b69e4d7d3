/** Programs of Prometheus read the figures of a host, and the examples for it. */
import assert from "node:assert/strict";
import { startHost } from "../../src/server/mod.ts";
import { METRICS } from "../../src/server/metrics/host_metrics.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const EXAMPLES = new URL("../../docs/examples/", import.meta.url).pathname;

/** Reads metrics from standard input as Prometheus does; prints how many families and series there are. */
const PARSER = `
import sys
from prometheus_client.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(len(families), sum(len(family.samples) for family in families))
`;

Deno.test("the parser of Prometheus's own client reads every figure of a host", async () => {
  const python = Deno.env.get("TRACKER_TEST_PROMETHEUS") ?? "python3";
  const found = await ran(python, ["-c", "import prometheus_client"]);
  if (found?.code !== 0) return skip(`a Python with prometheus-client (${python})`);
  const parsed = await ran(python, ["-c", PARSER], await figures());
  const { code, output = "" } = parsed ?? {};
  assert.equal(code, 0, output);
  const [families, samples] = output.split(" ").map(Number);
  assert.equal(families, Object.keys(METRICS).length);
  assert.ok((samples ?? 0) > 40, output);
});

Deno.test("promtool finds no fault in the figures of a host, and none in the examples", async () => {
  const promtool = Deno.env.get("TRACKER_TEST_PROMTOOL") ?? "promtool";
  if ((await ran(promtool, ["--version"]))?.code !== 0) return skip("promtool");
  const checked = await ran(promtool, ["check", "metrics"], await figures());
  assert.deepEqual(checked, { code: 0, output: "" });
  const example = `${EXAMPLES}prometheus.yml`;
  const { code, output = "" } = await ran(promtool, ["check", "config", example]) ?? {};
  assert.equal(code, 0, output);
  assert.match(output, /SUCCESS: \d+ rules found/);
});

function skip(what: string): void {
  console.log(`    skipped: there is no ${what}`);
}

/** What a host says of itself after a few calls. */
async function figures(): Promise<string> {
  const host = await startHost({ platform: systemPlatform(), dev: true, version: '1.0"\\\\' });
  try {
    for (const path of ["/api/v1/me", "/api/v1/tracker/health/", "/nothing", "/metrics"]) {
      await (await fetch(`${host.url}${path}`)).body?.cancel();
    }
    return await (await fetch(`${host.url}/metrics`)).text();
  } finally {
    await host.stop();
  }
}

/** Runs a program to its end; `null` where there is none. */
async function ran(
  program: string,
  args: readonly string[],
  input = "",
): Promise<{ readonly code: number; readonly output: string } | null> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const ended = child.output();
  await new Blob([input]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await ended;
  const decoder = new TextDecoder();
  return { code, output: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
}
