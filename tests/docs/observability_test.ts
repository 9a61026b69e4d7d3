import assert from "node:assert/strict";
import { parse } from "yaml";
import { PROBE_PATHS } from "../../src/server/api/probes.ts";
import { requestLog } from "../../src/server/http/request_log.ts";
import { METRICS } from "../../src/server/metrics/host_metrics.ts";
import { testPlatform } from "../support/platform.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const text = (path: string) => Deno.readTextFile(new URL(path, DOCS));
const NAMES: readonly string[] = Object.values(METRICS).map(({ name }) => name);

/** The first cells of the rows below a heading, without their marks. */
function rows(page: string, heading: string): string[][] {
  const [, rest = ""] = page.split(`\n## ${heading}\n`);
  const [part = ""] = rest.split("\n## ");
  return [...part.matchAll(/^\| (`.*) \|$/gm)].map(([, row = ""]) =>
    row.split(" | ").map((cell) => cell.trim().replaceAll("`", ""))
  );
}

/** Metrics that an expression names; a histogram has three names. */
function named(expressions: string): string[] {
  return [...expressions.matchAll(/\b(?:tracker|process)_[a-z_]+/g)].map(([name]) =>
    NAMES.includes(name) ? name : name.replace(/_(bucket|sum|count)$/, "")
  );
}

Deno.test("the page on figures has every metric, with its kind, its labels and its words", async () => {
  const table = rows(await text("observability.md"), "Figures");
  assert.deepEqual(
    table,
    Object.values(METRICS).map((
      { name, type, labels, help },
    ) => [name, type, labels.join(", "), help]),
  );
});

Deno.test("the page on the log has every field, in its order", async () => {
  const platform = testPlatform("/nowhere");
  requestLog(platform, "json").request({
    requestId: "r",
    call: "status",
    method: "GET",
    path: "/",
    status: 200,
    ms: 1,
    bytes: 2,
    userId: null,
    team: null,
    address: "::1",
  });
  const table = rows(await text("observability.md"), "The log");
  assert.deepEqual(table.map(([name]) => name), Object.keys(JSON.parse(platform.stderr())));
});

Deno.test("the dashboard is valid, and each of its metrics exists", async () => {
  const { panels } = JSON.parse(await text("examples/grafana-dashboard.json"));
  assert.ok(panels.length >= 12);
  const used = new Set<string>();
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const names = named(expr);
      assert.ok(names.length > 0, title);
      for (const name of names) assert.ok(NAMES.includes(name), `${title}: ${name}`);
      for (const name of names) used.add(name);
    }
  }
  // What tells when a process began and counts its connections is for the one who looks closer.
  const unused = NAMES.filter((name) => !used.has(name));
  assert.ok(unused.length <= 5, unused.join(", "));
});

Deno.test("the examples for Prometheus are valid, and scrape and name what exists", async () => {
  const { scrape_configs, rule_files } = parse(await text("examples/prometheus.yml"));
  assert.equal(scrape_configs[0].metrics_path, PROBE_PATHS.metrics);
  for (const file of rule_files) {
    const { groups } = parse(await text(`examples/${file}`));
    for (const { alert, expr } of groups[0].rules) {
      const names = named(expr);
      assert.ok(names.length > 0, alert);
      for (const name of names) assert.ok(NAMES.includes(name), `${alert}: ${name}`);
    }
  }
});
