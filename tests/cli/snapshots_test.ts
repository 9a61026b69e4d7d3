import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { ERROR_CODES, type ErrorCode, errorEnvelope } from "../../src/contract/errors.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { matchesSnapshot } from "../support/snapshot.ts";

for (const hosted of [true, false]) {
  const state = hosted ? "on" : "off";

  Deno.test(`the help of every command reads as reviewed, gate ${state}`, () =>
    withPlatform({ env: hosted ? GATE_ON : {} }, async (platform) => {
      const pages = [(await tracker(platform)).stdout, (await tracker(platform, "--help")).stdout];
      for (const { path } of await catalogue(hosted)) {
        const { stdout } = await tracker(platform, "help", ...path.split(" "));
        pages.push(`$ tracker help ${path}\n${stdout}`);
      }
      await matchesSnapshot(`help_gate_${state}.txt`, pages.join("\n"));
    }));
}

const WRONG_LINES: readonly string[] = [
  "stats",
  "issue view WEB-1",
  "login",
  "sync pul",
  "bind",
  "bind -p linaer",
  "bind -p azure_devops",
  "bind -p linear --bind-ref a --select 1",
  "bind -p linear --select 0",
  "bind -p linear --credential a=b",
  "bind -p linear --workspace w",
  "bind -p beads",
  "bind -p beads --workspace w --select 1",
  "bind -p beads --workspace w --doctrine-mode mine",
  "bind -p beads --workspace w --field-owner title",
  "discover",
  "discover -p jiraa",
  "issue list --status doing",
  "issue list --limit 0",
  "issue show",
  "issue search",
  "map add --wp-id WP01",
  "sync pull --limit 5 --all",
  "sync pull --since yesterday",
  "sync push --items-json missing.json",
  "sync wait",
  "sync conflicts --resolve 1",
  "mission create",
  "mission bind-origin 001-a",
  "config get sync.background",
  "config set sync.background_daemon banana",
  "config set sync.max_queue_size 0",
  "config set sync.server_url http://example.com",
  "events retry 01JMBY7K8N3QRVX2DPFG5HWT4E",
  "host serve",
  "host serve --dev --listen nowhere",
  "host import missing.jsonl --data data",
  "status --al",
  "status --color blue",
  "status --repo nowhere",
  "completion tcsh",
];

Deno.test("what is said of a wrong line reads as reviewed", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const told: string[] = [];
    for (const line of WRONG_LINES) {
      const { code, stdout, stderr } = await tracker(platform, ...line.split(" "));
      assert.equal(stdout, "", line);
      assert.notEqual(code, 0, line);
      told.push(shown(platform, line, code, stderr));
    }
    await matchesSnapshot("errors_usage.txt", told.join("\n"));
  }));

Deno.test("what is said of every error of the hosted API reads as reviewed", async () => {
  const told: string[] = [];
  for (const code of Object.keys(ERROR_CODES).filter(isKnown)) {
    await withPlatform({
      env: {
        ...GATE_ON,
        SPEC_KITTY_SAAS_URL: "https://tracker.example",
        TRACKER_TOKEN: "token",
        TRACKER_TEAM: "acme",
      },
      network: answers(code).map((json) => ({
        request: "GET /api/v1/tracker/status/?provider=linear&binding_ref=srm_1",
        reply: { status: json.http_status, json },
      })),
    }, async (platform) => {
      await platform.files.writeAtomic(
        `${platform.home}/.kittify/config.yaml`,
        "tracker:\n  provider: linear\n  binding_ref: srm_1\n  display_label: Web app (WEB)\n",
      );
      const { code: exit, stdout, stderr } = await tracker(platform, "status");
      assert.equal(stdout, "");
      assert.equal(exit, 1);
      told.push(shown(platform, `status  # the host answers ${code}`, exit, stderr));
    });
  }
  await matchesSnapshot("errors_host.txt", told.join("\n"));
});

function isKnown(code: string): code is ErrorCode {
  return code in ERROR_CODES;
}

/** The answer as often as it is asked for: a rate limit and a request under way are waited out once. */
function answers(code: ErrorCode) {
  const isWaitedOut = code === "rate_limited" || code === "in_progress";
  const envelope = errorEnvelope({
    code,
    message: `The host's own words for ${code}.`,
    ...(isWaitedOut ? { retryAfterSeconds: 2 } : {}),
  });
  return isWaitedOut ? [envelope, envelope] : [envelope];
}

function shown(platform: TestPlatform, line: string, code: number, stderr: string): string {
  return `$ tracker ${line}\n${stderr.replaceAll(platform.home, "~")}[exit ${code}]\n`;
}
