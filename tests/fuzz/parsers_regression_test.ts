import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { importIssues } from "../../src/server/mod.ts";
import { answerElements } from "../../src/local/tool_json.ts";
import { parseYamlFile } from "../../src/project/yaml_document.ts";
import { gitFacts } from "../../src/project/git.ts";
import { readMeta } from "../../src/project/mission_meta.ts";
import { normalizeHostUrl } from "../../src/user/host_url.ts";
import { editToml, parseToml } from "../../src/user/toml_file.ts";
import { isTooDeep, MAX_NESTING } from "../../src/contract/nesting.ts";
import { anIssue, aPage } from "../contract/samples.ts";
import { failing, hostOf, rotatingTokens, withClient } from "../client/support.ts";
import { withHost } from "../server/support.ts";
import { tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
import { errorEnvelope } from "../support/answers.ts";

const DEEP = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;

Deno.test("JSON is too deep from one level on", () => {
  const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  assert.equal(isTooDeep(nested(MAX_NESTING)), false);
  assert.equal(isTooDeep(nested(MAX_NESTING + 1)), true);
  assert.equal(isTooDeep({ a: nested(MAX_NESTING) }), true);
});

Deno.test("a host's issue that is nested without end is refused before it is stored", async () => {
  const page = JSON.stringify(aPage([anIssue()])).replace(
    '"custom_fields":{}',
    `"custom_fields":{"a":${DEEP}}`,
  );
  const request = "POST /api/v1/tracker/pull/";
  await withClient([{ request, reply: { status: 200, text: page } }], async ({ client }) => {
    const error = await failing(
      client.pull("linear", { binding_ref: "srm_1" }),
      "invalid_response",
    );
    assert.match(error.message, /nested deeper than 200 levels/);
  });
});

Deno.test("the host refuses a body that is nested without end, and says so", async () => {
  await withHost(async (host) => {
    const answer = await host.call("POST", "/api/v1/tracker/pull/", `{"provider":${DEEP}}`);
    assert.equal(answer.status, 422);
    assert.match(answer.text("message"), /nested deeper/);
  });
});

Deno.test("an import leaves a record out that is nested without end", async () => {
  await withHost(async ({ context }) => {
    const deep = JSON.stringify(anIssue()).replace(
      '"custom_fields":{}',
      `"custom_fields":{"a":${DEEP}}`,
    );
    const report = await importIssues(context, `${JSON.stringify(anIssue())}\n${deep}\n`, {
      label: "x",
    });
    assert.equal(report.created, 1);
    assert.deepEqual(report.skipped, [{ line: 2, reason: "It is nested too deep" }]);
  });
});

Deno.test("half a character in an imported name is no reason to fail", async () => {
  await withHost(async ({ context }) => {
    const ref = { ...anIssue().ref, workspace: "a\ud800", id: "\udc00" };
    const report = await importIssues(context, JSON.stringify([anIssue({ ref })]), { label: "x" });
    assert.equal(report.created, 1);
  });
});

Deno.test("workspaces of other scripts are imported side by side", async () => {
  await withHost(async ({ context }) => {
    const issues = ["東京", "大阪", "京都", "\ud800", "\udc00"].map((workspace, index) =>
      anIssue({ ref: { ...anIssue().ref, workspace, id: String(index) } })
    );
    const report = await importIssues(context, JSON.stringify(issues), { label: "x" });
    assert.equal(report.created, 5);
    assert.equal(report.resources.length, 4, "half characters are all alike");
    const again = await importIssues(context, JSON.stringify(issues), { label: "x" });
    assert.equal(again.unchanged, 5);
  });
});

Deno.test("a failure for which the host has no words is told by its status", async () => {
  const json = errorEnvelope(400, "odd", { message: " " });
  const request = "GET /api/v1/tracker/health/";
  await withClient([{ request, reply: { status: 400, json } }], async ({ client }) => {
    assert.equal((await failing(client.health(), "odd")).message, 'HTTP 400 from "health"');
  });
});

Deno.test("a tool's issue that is nested without end is unreadable, alone", () => {
  const answer = new TextEncoder().encode(`[{"id": "1"}, {"id": "2", "x": ${DEEP}}, {"id": "3"}]`);
  const kinds = [...answerElements(answer)].map(({ kind }) => kind);
  assert.deepEqual(kinds, ["value", "unreadable", "value"]);
});

Deno.test("a mission's metadata that is nested without end is left alone", async () => {
  await withPlatform({}, async (platform) => {
    await Deno.writeTextFile(`${platform.home}/meta.json`, `{"x": ${DEEP}}`);
    await assert.rejects(readMeta(platform, platform.home), { code: "meta_invalid" });
  });
});

Deno.test("a config with a collection for a key writes no warning around our streams", async () => {
  let warned = 0;
  const count = () => void warned++;
  const { default: process } = await import("node:process");
  process.on("warning", count);
  try {
    parseYamlFile("config.yaml", "? {a: 1}\n: b\n");
    await new Promise((resolve) => process.nextTick(() => setTimeout(resolve, 0)));
  } finally {
    process.off("warning", count);
  }
  assert.equal(warned, 0);
});

Deno.test("aliases of aliases without end are refused in no time", () => {
  const levels = "bcdefghij".split("");
  let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  let last = "a";
  for (const level of levels) {
    bomb += `${level}: &${level} [${Array.from({ length: 9 }, () => `*${last}`).join(", ")}]\n`;
    last = level;
  }
  assert.throws(() => parseYamlFile("config.yaml", bomb), { code: "config_invalid" });
});

Deno.test("a faulty TOML file is explained without the values that stand in it", () => {
  for (
    const text of [
      "access = 1'tka_SECRETMARKER0123456789'\n",
      "access = tka_SECRETMARKER0123456789\n",
      'access = "a" "tka_SECRETMARKER0123456789"\n',
      "tka_SECRETMARKER0123456789\n",
      "access = 0xtka_SECRETMARKER0123456789\n",
      "access = 2026-01-01Ttka_SECRETMARKER0123456789\n",
    ]
  ) {
    assert.throws(() => parseToml("credentials", text), (error) => {
      const said = JSON.stringify([String(error), Reflect.get(Object(error), "details")]);
      assert.equal(said.includes("SECRETMARKER"), false, said);
      return true;
    });
  }
});

Deno.test("a TOML file of mixed line ends is edited in silence, and keeps them", () => {
  const { warn } = console;
  const said: unknown[] = [];
  console.warn = (...words: unknown[]) => void said.push(words);
  try {
    const text = '# a\r\n[sync]\r\nmax_queue_size = 5\nother = "x"\r\n';
    const edited = editToml("config", text, [{ path: ["sync", "max_queue_size"], value: 7 }]);
    assert.equal(edited, '# a\r\n[sync]\r\nmax_queue_size = 7\nother = "x"\r\n');
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(said, []);
});

Deno.test("a host URL is refused without its password, however it is written", () => {
  for (
    const url of [
      "https://ada:SECRET@tracker.example",
      "https://ada:SEC@SECRET@tracker.example",
      "https://ada:a/SECRET@tracker.example",
      "https:ada:SECRET@tracker.example",
      "https:\\\\ada:SECRET@tracker.example",
      "ada:SECRET@tracker.example",
    ]
  ) {
    assert.throws(() => normalizeHostUrl(url), (error) => !String(error).includes("SECRET"), url);
  }
});

Deno.test("the address of a repository is told without its password, however it is written", async () => {
  await withPlatform({}, async (platform) => {
    await Deno.mkdir(`${platform.home}/.git`);
    await Deno.writeTextFile(`${platform.home}/.git/HEAD`, "ref: refs/heads/main\n");
    for (
      const [url, told] of [
        ["https://ada:a@SECRET@example.com/acme/web.git", "https://example.com/acme/web.git"],
        ["ssh://git:SECRET@example.com/acme/web", "ssh://git@example.com/acme/web"],
      ] as const
    ) {
      await Deno.writeTextFile(
        `${platform.home}/.git/config`,
        `[remote "origin"]\n\turl = ${url}\n`,
      );
      assert.equal((await gitFacts(platform, platform.home)).originUrl, told);
    }
  });
});

Deno.test("a line of a repository's config that is all blanks is read in time that its length asks for", async () => {
  await withPlatform({}, async (platform) => {
    await Deno.mkdir(`${platform.home}/.git`);
    await Deno.writeTextFile(`${platform.home}/.git/HEAD`, "ref: refs/heads/main\n");
    const config = `[remote "origin"]\n\turl = x${" ".repeat(300_000)}y\n`;
    await Deno.writeTextFile(`${platform.home}/.git/config`, config);
    const started = performance.now();
    await gitFacts(platform, platform.home);
    const took = performance.now() - started;
    assert.ok(took < 30_000, `${took} ms`);
  });
});

for (const id of ["..", ".", "", " ", "\ud800"]) {
  Deno.test(`an operation called ${JSON.stringify(id)} is not asked for`, async () => {
    await withClient([], async ({ client }) => {
      await failing(client.operation(id), "invalid_operation_id");
    });
  });
}

for (const token of ["SECRET\r\nX-Evil: 1", "SECRET\u00e9", "SECRET two", ""]) {
  Deno.test(`a token like ${JSON.stringify(token)} is neither sent nor shown`, async () => {
    await withPlatform({ env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" } }, async (platform) => {
      const bad = { token, teamSlug: null, injected: true };
      const tokens = { ...rotatingTokens(), accessToken: () => Promise.resolve(bad) };
      const client = new HostedClient({ ...await hostOf(platform), tokens });
      const error = await failing(client.health(), "unusable_session");
      assert.equal(JSON.stringify([error.message, error.details]).includes("SECRET"), false);
    });
  });
}

Deno.test("a file that is no database is explained, not reported as a fault of ours", async () => {
  await withPlatform({}, async (platform) => {
    await Deno.mkdir(`${platform.home}/.spec-kitty/tracker`, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(
      `${platform.home}/.spec-kitty/tracker/queue.db`,
      "no database ".repeat(500),
    );
    platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
    const { code, stderr } = await tracker(platform, "events", "list", "--json");
    assert.equal(code, 1);
    assert.equal(JSON.parse(stderr).error.code, "database_damaged");
  });
});
