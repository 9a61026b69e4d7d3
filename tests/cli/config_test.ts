import assert from "node:assert/strict";
import { command as CONFIG_GET } from "../../src/cli/commands/config/get.ts";
import { liveValues } from "../../src/cli/completion/values.ts";
import { join } from "../../src/platform/paths.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const CONFIG = `# ours
project:
  slug: web # kept
tracker:
  provider: beads
  workspace: main
`;

async function inProject(
  platform: TestPlatform,
  config: string = CONFIG,
): Promise<() => Promise<string | null>> {
  const path = join(platform.home, ".kittify", "config.yaml");
  await platform.files.writeAtomic(path, config);
  return () => platform.files.readText(path);
}

Deno.test("config list shows every setting with its value and source, in a project its own too", () =>
  withPlatform({
    env: { ...GATE_ON, SPEC_KITTY_SAAS_URL: "https://host.example" },
  }, async (platform) => {
    const outside = JSON.parse((await tracker(platform, "config", "list", "--json")).stdout);
    assert.deepEqual(
      outside.settings.map((
        row: Record<string, unknown>,
      ) => [row["key"], row["value"], row["source"]]),
      [
        ["sync.server_url", "https://host.example", "environment"],
        ["sync.max_queue_size", 100_000, "default"],
        ["sync.background_daemon", "auto", "default"],
        ["auth.token_command", null, "default"],
        ["mission.branch", false, "default"],
        ["mission.assignee", null, "default"],
      ],
    );
    await inProject(platform);
    await tracker(platform, "config", "set", "tracker.doctrine.mode", "split_ownership");
    const inside = JSON.parse((await tracker(platform, "config", "list", "--json")).stdout);
    assert.deepEqual(
      inside.settings.slice(6).map((
        row: Record<string, unknown>,
      ) => [row["key"], row["value"], row["source"]]),
      [
        ["project.repo_slug", null, "default"],
        ["tracker.doctrine.mode", "split_ownership", "file"],
        ["tracker.doctrine.strategy", "newer_timestamp", "default"],
      ],
    );
    const { stdout } = await tracker(platform, "config", "list");
    assert.match(stdout, /tracker\.doctrine\.mode +split_ownership +.*config\.yaml/);
  }));

Deno.test("with the gate off config list and completion show no setting of hosted work", () =>
  withPlatform({}, async (platform) => {
    await inProject(platform);
    const { stdout } = await tracker(platform, "config", "list");
    assert.doesNotMatch(stdout, /sync\./);
    assert.match(stdout, /tracker\.doctrine\.mode/);
    const values = await liveValues(CONFIG_GET, { platform, repo: platform.home, prefix: "" });
    const keys = values.get("KEY")?.map(({ text }) => text) ?? [];
    assert.ok(keys.includes("tracker.doctrine.mode"));
    assert.ok(!keys.some((key) => key.startsWith("sync.")));
  }));

Deno.test("with the gate on completion offers the settings of hosted work", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const values = await liveValues(CONFIG_GET, { platform, repo: platform.home, prefix: "" });
    assert.ok(values.get("KEY")?.some(({ text }) => text === "sync.server_url"));
  }));

Deno.test("a project's setting is written in place, read back and taken out again", () =>
  withPlatform({}, async (platform) => {
    const read = await inProject(platform);
    const set = await tracker(platform, "config", "set", "project.repo_slug", " acme/web ");
    assert.deepEqual(set, { code: 0, stdout: "✓ project.repo_slug = acme/web\n", stderr: "" });
    assert.equal(
      (await tracker(platform, "config", "get", "project.repo_slug")).stdout,
      "acme/web\n",
    );
    assert.equal(await read(), CONFIG.replace("# kept\n", "# kept\n  repo_slug: acme/web\n"));
    const unset = await tracker(platform, "config", "unset", "project.repo_slug", "--json");
    assert.deepEqual(JSON.parse(unset.stdout), {
      schema: 1,
      key: "project.repo_slug",
      removed: true,
    });
    assert.equal(await read(), CONFIG);
    const again = await tracker(platform, "config", "unset", "project.repo_slug");
    assert.equal(again.stdout, "project.repo_slug was not set.\n");
  }));

Deno.test("an unknown setting is refused with the nearest of either file, exit 2", () =>
  withPlatform({}, async (platform) => {
    const cases = [
      ["sync.server_ulr", "sync.server_url"],
      ["project.repo_slugg", "project.repo_slug"],
      ["tracker.doctrine.modes", "tracker.doctrine.mode"],
    ] as const;
    for (const [given, meant] of cases) {
      for (const args of [["get", given], ["set", given, "x"], ["unset", given]]) {
        const { code, stderr } = await tracker(platform, "config", ...args);
        assert.equal(code, 2);
        assert.ok(stderr.includes(`Did you mean \`${meant}\`?`), stderr);
      }
    }
    const far = await tracker(platform, "config", "get", "colour");
    assert.match(far.stderr, /The settings are sync\.server_url, .*tracker\.doctrine\.strategy\./);
  }));

Deno.test("a value that is none of a project setting's choices changes nothing, exit 2", () =>
  withPlatform({}, async (platform) => {
    const read = await inProject(platform);
    const { code, stderr } = await tracker(
      platform,
      "config",
      "set",
      "tracker.doctrine.mode",
      "split_ownershp",
    );
    assert.equal(code, 2);
    assert.match(stderr, /did you mean "split_ownership"\?/);
    const empty = await tracker(platform, "config", "set", "project.repo_slug", " ");
    assert.equal(empty.code, 2);
    assert.equal(await read(), CONFIG);
  }));

Deno.test("a value that someone wrote wrongly by hand is a row with a fault, and an error for get", () =>
  withPlatform({}, async (platform) => {
    await inProject(platform, `${CONFIG}  doctrine: {mode: ours}\n`);
    const list = await tracker(platform, "config", "list");
    assert.equal(list.code, 0);
    assert.match(list.stdout, /tracker\.doctrine\.mode +must be one of/);
    const get = await tracker(platform, "config", "get", "tracker.doctrine.mode");
    assert.equal(get.code, 1);
    assert.match(get.stderr, /tracker config set tracker\.doctrine\.mode VALUE/);
    assert.match((await tracker(platform, "config", "unset", "tracker.doctrine.mode")).stdout, /✓/);
    assert.equal((await tracker(platform, "config", "get", "tracker.doctrine.mode")).code, 0);
  }));

Deno.test("a setting of a binding is refused without one, and a project's setting outside of a project", () =>
  withPlatform({}, async (platform) => {
    const outside = await tracker(platform, "config", "set", "project.repo_slug", "acme/web");
    assert.equal(outside.code, 1);
    assert.match(outside.stderr, /not in a project/);
    const wrong = await tracker(platform, "config", "list", "--repo", "nowhere");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /nowhere" is not a directory/);
    const read = await inProject(platform, "# nothing yet\n");
    const unbound = await tracker(
      platform,
      "config",
      "set",
      "tracker.doctrine.mode",
      "split_ownership",
    );
    assert.equal(unbound.code, 1);
    assert.match(unbound.stderr, /Run `tracker bind` from this repo\./);
    assert.equal(await read(), "# nothing yet\n");
  }));

Deno.test("a user's setting keeps the comments of its file and is the same with the gate on or off", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, ".spec-kitty", "config.toml");
    await platform.files.writeAtomic(path, "# mine\n[sync]\nmax_queue_size = 5 # few\n");
    for (const gate of [undefined, GATE_ON.SPEC_KITTY_ENABLE_SAAS_SYNC]) {
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", gate);
      const size = gate === undefined ? "6" : "7";
      assert.equal((await tracker(platform, "config", "set", "sync.max_queue_size", size)).code, 0);
      assert.equal(
        await platform.files.readText(path),
        `# mine\n[sync]\nmax_queue_size = ${size} # few\n`,
      );
    }
    const wrong = await tracker(platform, "config", "set", "sync.background_daemon", "sometimes");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /must be `auto` or `manual`/);
  }));
