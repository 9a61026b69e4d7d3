/** The published Schemathesis makes up requests from contracts/openapi.yaml, and holds the host's answers to it. */
import assert from "node:assert/strict";
import { ENDPOINTS } from "../../src/contract/paths.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { startHost } from "../../src/server/mod.ts";
import { seedOf } from "../support/chance.ts";
import { temporaryHostData } from "../support/host_data.ts";
import { findSchemathesis, fuzz } from "../support/schemathesis.ts";

/** Examples of each operation beside those that cover its schema; `null` unless a person asks for a number of them. */
const ASKED = Deno.env.get("TRACKER_SCHEMATHESIS_EXAMPLES") ?? null;
const SEED = seedOf("TRACKER_SCHEMATHESIS_SEED");

Deno.test({
  name: "the host answers valid and broken requests of every call as the document says",
  // A server of PostgreSQL, where the data is there, stays for the other tests.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const program = await findSchemathesis();
    if (program === null) return console.log("    skipped: there is no schemathesis");
    const platform = systemPlatform();
    const host = await startHost({
      platform,
      context: await temporaryHostData(platform),
      dev: true,
      rateLimit: null,
      trustedProxies: ["127.0.0.1"],
    });
    try {
      const { code, output } = await fuzz(program, host.url, {
        provider: "linear",
        seed: SEED,
        phases: ["coverage", "fuzzing", ...(ASKED === null ? [] : ["examples", "stateful"])],
        examples: Number(ASKED ?? 3),
      });
      const answers = await answersOf(host.url);
      if (ASKED !== null) console.log(summary(output, answers));
      assert.equal(code, 0, output);
      assert.match(output, new RegExp(`Tested: ${ENDPOINTS.length}\\n`));
      for (const { operation } of ENDPOINTS) {
        const statuses = answers.get(operation) ?? [];
        assert.ok(statuses.some(([status]) => status < 300), `${operation} has not succeeded`);
      }
      const faults = [...answers].filter(([, all]) => all.some(([status]) => status >= 500));
      assert.deepEqual(faults, []);
    } finally {
      await host.stop();
    }
  },
});

/** How often each call was answered with which status, by the host's own count. */
type Answers = ReadonlyMap<string, readonly (readonly [status: number, count: number])[]>;

async function answersOf(url: string): Promise<Answers> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(
    /^tracker_http_requests_total\{call="(\w+)",status="(\d+)"\} (\d+)$/gm,
  );
  const answers = [...found].map(([, call = "", status, count]) =>
    [call, [Number(status), Number(count)]] as const
  );
  const byCall = Map.groupBy(answers, ([call]) => call);
  return new Map([...byCall].map(([call, all]) => [call, all.map(([, answer]) => answer)]));
}

function summary(output: string, answers: Answers): string {
  const lines = [...answers].map(([call, all]) =>
    `${call}: ${all.map(([status, count]) => `${count} × ${status}`).join(", ")}`
  );
  return `${output.slice(output.indexOf("= SUMMARY ="))}\n${lines.join("\n")}`;
}
