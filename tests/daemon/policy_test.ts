import assert from "node:assert/strict";
import { DAEMON_CALLERS } from "../../src/daemon/callers.ts";
import {
  type DaemonStartOutcome,
  type EnsureDaemonOptions,
  ensureDaemonRunning,
} from "../../src/daemon/intent.ts";
import type { DaemonIntent } from "../../src/daemon/policy.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const GATE = "SPEC_KITTY_ENABLE_SAAS_SYNC";

/** The decision table of the design, a line each: gate, intent, policy, outcome. */
const TABLE: readonly (readonly [
  "on" | "off",
  DaemonIntent,
  "auto" | "manual",
  DaemonStartOutcome,
])[] = [
  ["off", "local_only", "auto", skipped("rollout_disabled")],
  ["off", "local_only", "manual", skipped("rollout_disabled")],
  ["off", "remote_required", "auto", skipped("rollout_disabled")],
  ["off", "remote_required", "manual", skipped("rollout_disabled")],
  ["on", "local_only", "auto", skipped("intent_local_only")],
  ["on", "local_only", "manual", skipped("intent_local_only")],
  ["on", "remote_required", "manual", skipped("policy_manual")],
  ["on", "remote_required", "auto", { started: true, skippedReason: null, pid: 4711 }],
];

function skipped(skippedReason: DaemonStartOutcome["skippedReason"]): DaemonStartOutcome {
  return { started: false, skippedReason, pid: null };
}

/** Counts starts instead of starting. */
function starter() {
  const starts = { count: 0 };
  const start = () => {
    starts.count++;
    return Promise.resolve({ pid: 4711 });
  };
  return { starts, start };
}

async function setPolicy(platform: TestPlatform, value: string): Promise<void> {
  await platform.files.writeAtomic(
    `${platform.home}/.spec-kitty/config.toml`,
    `[sync]\nbackground_daemon = ${value}\n`,
  );
}

for (const [gate, intent, policy, expected] of TABLE) {
  Deno.test(`gate ${gate}, ${intent}, ${policy}: ${expected.skippedReason ?? "started"}`, () =>
    withPlatform({ env: { [GATE]: gate === "on" ? "1" : "" } }, async (platform) => {
      await setPolicy(platform, `"${policy}"`);
      const { starts, start } = starter();
      const outcome = await ensureDaemonRunning({ platform, intent, version: "1", start });
      assert.deepEqual(outcome, expected);
      assert.equal(starts.count, expected.started ? 1 : 0);
    }));
}

Deno.test("a start that fails is an outcome with its reason", () =>
  withPlatform({ env: { [GATE]: "true" } }, async (platform) => {
    const outcome = await ensureDaemonRunning({
      platform,
      intent: "remote_required",
      version: "1",
      start: () => Promise.reject(new TrackerError({ code: "x", message: "No port is free" })),
    });
    assert.deepEqual(outcome, {
      started: false,
      skippedReason: "start_failed: No port is free",
      pid: null,
    });
  }));

Deno.test("a config that is handed over counts instead of the file", () =>
  withPlatform({ env: { [GATE]: "on" } }, async (platform) => {
    await setPolicy(platform, `"manual"`);
    const { start } = starter();
    const outcome = await ensureDaemonRunning({
      platform,
      intent: "remote_required",
      version: "1",
      config: { backgroundDaemon: "auto" },
      start,
    });
    assert.equal(outcome.started, true);
  }));

Deno.test("without an intent, or with an unknown one, it is a TypeError at run time too", () =>
  withPlatform({ env: { [GATE]: "1" } }, async (platform) => {
    const { starts, start } = starter();
    for (const intent of [undefined, "whatever"]) {
      const options = {
        platform,
        version: "1",
        start,
        ...(intent === undefined ? {} : { intent }),
      };
      const call: unknown = Reflect.apply(ensureDaemonRunning, null, [options]);
      await assert.rejects(Promise.resolve(call), TypeError);
    }
    assert.equal(starts.count, 0);
  }));

Deno.test("the type requires an intent", () => {
  type IsRequired = Record<never, never> extends Pick<EnsureDaemonOptions, "intent"> ? false : true;
  const isRequired: IsRequired = true;
  assert.ok(isRequired);
});

Deno.test("an empty policy disturbs only who needs it", () =>
  withPlatform({ env: { [GATE]: "1" } }, async (platform) => {
    await setPolicy(platform, `""`);
    const { starts, start } = starter();
    const local = await ensureDaemonRunning({
      platform,
      intent: "local_only",
      version: "1",
      start,
    });
    assert.equal(local.skippedReason, "intent_local_only");
    await assert.rejects(
      ensureDaemonRunning({ platform, intent: "remote_required", version: "1", start }),
      /background_daemon/,
    );
    platform.setEnv(GATE, undefined);
    const off = await ensureDaemonRunning({
      platform,
      intent: "remote_required",
      version: "1",
      start,
    });
    assert.equal(off.skippedReason, "rollout_disabled");
    assert.equal(starts.count, 0);
  }));

Deno.test("an unknown policy warns in one line and starts", () =>
  withPlatform({ env: { [GATE]: "1" } }, async (platform) => {
    await setPolicy(platform, `"banana"`);
    const { start } = starter();
    const outcome = await ensureDaemonRunning({
      platform,
      intent: "remote_required",
      version: "1",
      start,
    });
    assert.equal(outcome.started, true);
    assert.match(platform.stderr(), /^Warning: [^\n]*banana[^\n]*\n$/);
  }));

Deno.test("what is skipped leaves neither state, lock, log nor directory behind", () =>
  withPlatform({}, async (platform) => {
    for (const [gate, intent] of [["", "remote_required"], ["1", "local_only"]] as const) {
      platform.setEnv(GATE, gate);
      await ensureDaemonRunning({ platform, intent, version: "1" });
    }
    assert.deepEqual(await platform.files.list(platform.home), []);
  }));

Deno.test("ensureDaemonRunning is called only by the places that are listed, with the intents listed", async () => {
  const found = await usesOf("ensureDaemonRunning", "daemon/intent.ts");
  for (const { path, text } of found) {
    const listed = DAEMON_CALLERS.find((caller) =>
      caller.path === path || (caller.path.endsWith("/") && path.startsWith(caller.path))
    );
    assert.ok(listed, `"src/${path}" calls ensureDaemonRunning and is not in callers.ts`);
    const calls = text.split(/\bensureDaemonRunning\(/).slice(1);
    const intents = calls.flatMap((call) => /\bintent: "(\w+)"/.exec(call)?.[1] ?? []);
    assert.equal(intents.length, calls.length, `"src/${path}" says its intent where it calls`);
    for (const intent of intents) {
      assert.ok(listed.intents.some((name) => name === intent), `"src/${path}" may not ${intent}`);
    }
  }
  assert.ok(found.some(({ path }) => path === "daemon/background_upload.ts"));
});

Deno.test("the daemon is started behind the policy only by the gate of intents and by the user's own command", async () => {
  const found = await usesOf("startDaemon", "daemon/start.ts");
  assert.deepEqual(found.map(({ path }) => path).sort(), [
    "cli/commands/daemon/start_run.ts",
    "daemon/intent.ts",
  ]);
});

Deno.test("events are uploaded in the background only by the commands that queue them", async () => {
  const found = await usesOf("uploadInBackground", "daemon/background_upload.ts");
  assert.deepEqual(found.map(({ path }) => path).sort(), ["cli/services/background.ts"]);
});

for (
  const [way, text] of [
    ["a renamed import", 'import { startDaemon as go } from "../daemon/start.ts";'],
    ["an import of everything", 'import * as daemon from "../daemon/start.ts";'],
    ["a dynamic import", 'const { startDaemon } = await import("../daemon/start.ts");'],
    ["an import of several names", 'import {\n  other,\n  startDaemon as x,\n} from "./start.ts";'],
    ["handing it on", 'export { startDaemon } from "./start.ts";'],
  ] as const
) {
  Deno.test(`the audit of the daemon's callers sees ${way}`, () => {
    assert.equal(uses(text, "startDaemon", "start.ts"), true);
  });
}

Deno.test("the audit of the daemon's callers takes a type for no call", () => {
  assert.equal(
    uses('import type { startDaemon } from "./start.ts";', "startDaemon", "start.ts"),
    false,
  );
});

/** Whether a module takes a function from the file that exports it, under whatever name. */
function uses(text: string, name: string, file: string): boolean {
  const from = `["'][^"']*\\b${file.replace(".", "\\.")}["']`;
  const named = new RegExp(`(?:import|export)\\s*\\{([^}]*)\\}\\s*from\\s*${from}`, "g");
  for (const [, names] of text.matchAll(named)) {
    const taken = (names ?? "").split(",").map((part) => part.trim().split(/\s+as\s+/)[0]);
    if (taken.includes(name)) return true;
  }
  return new RegExp(`import\\s*\\*[^;]*from\\s*${from}`).test(text) ||
    new RegExp(`import\\(\\s*${from}`).test(text);
}

/** The modules of the source that take a function from the file that exports it. */
async function usesOf(name: string, home: string): Promise<{ path: string; text: string }[]> {
  const source = new URL("../../src/", import.meta.url);
  const file = home.split("/").at(-1) ?? home;
  const found: { path: string; text: string }[] = [];
  const walk = async (directory: URL, prefix: string): Promise<void> => {
    for await (const entry of Deno.readDir(directory)) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) await walk(new URL(`${entry.name}/`, directory), `${path}/`);
      else if (entry.name.endsWith(".ts") && path !== home) {
        const text = await Deno.readTextFile(new URL(entry.name, directory));
        if (uses(text, name, file) && text.includes(name)) found.push({ path, text });
      }
    }
  };
  await walk(source, "");
  return found;
}
