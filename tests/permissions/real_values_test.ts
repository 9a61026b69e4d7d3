import assert from "node:assert/strict";
import { explain, explainAtEdge } from "../../src/cli/services/failure.ts";
import { NotCapableError } from "../../src/platform/not_capable.ts";
import { errorText, type TrackerError } from "../../src/platform/tracker_error.ts";
import { userPaths } from "../../src/user/paths.ts";
import { commandNamed } from "../support/cli.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const ENV = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
const WORD = /[=,](DIR|HOST|PROVIDER)\b/;

/** What is said where a command is denied one permission. */
async function said(
  platform: TestPlatform,
  line: readonly string[],
  kind: ConstructorParameters<typeof NotCapableError>[0],
  target: string,
): Promise<TrackerError> {
  const command = await commandNamed(line.slice(0, 2).join(" "));
  return await explainAtEdge(new NotCapableError(kind, target), { platform, command }, line);
}

Deno.test("the flag has the host that was denied, and no word in its place", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const { nextAction } = await said(
      platform,
      ["auth", "login"],
      "net",
      "tracker.acme.example:443",
    );
    assert.match(nextAction ?? "", /^Run with `--allow-net=tracker\.acme\.example`\.\n/);
    assert.doesNotMatch(nextAction ?? "", WORD);
    const own = await said(platform, ["auth", "login"], "net", "127.0.0.1:8787");
    assert.match(own.nextAction ?? "", /^Run with `--allow-net=127\.0\.0\.1:8787`\.\n/);
  }));

Deno.test("where something else is denied, the host is the one of the settings", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const { config, root } = userPaths(platform);
    await platform.files.writeAtomic(
      config,
      '[sync]\nserver_url = "https://tracker.acme.example"\n',
    );
    const { nextAction } = await said(platform, ["auth", "login"], "write", `${root}/credentials`);
    assert.match(nextAction ?? "", / --allow-net=tracker\.acme\.example /);
    assert.doesNotMatch(nextAction ?? "", WORD);
  }));

Deno.test("where the host is not known, it is said what to put in its place", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const { root } = userPaths(platform);
    const { nextAction } = await said(platform, ["auth", "login"], "write", root);
    assert.match(nextAction ?? "", / --allow-net=HOST /);
    assert.match(nextAction ?? "", /\nIn the place of `HOST` put your control-plane host, such as/);
  }));

Deno.test("the directory of a host's data is the one of the line, else what was denied", () =>
  withPlatform({ env: ENV }, async (platform) => {
    for (const data of [["--data", "host"], ["--data=host"]]) {
      const line = ["host", "backup", "copy.db", ...data];
      const { nextAction } = await said(platform, line, "read", `${platform.home}/host/host.db`);
      assert.match(nextAction ?? "", /^Run with `--allow-read=\$HOME\/host`\.\n/);
      assert.match(nextAction ?? "", / --allow-write=\$HOME\/host /);
      assert.doesNotMatch(nextAction ?? "", WORD);
    }
    const exported = await said(platform, ["state", "export", "/out/x.json"], "write", "/out");
    assert.match(exported.nextAction ?? "", /^Run with `--allow-write=\/out`\.\n/);
    assert.doesNotMatch(exported.nextAction ?? "", WORD);
  }));

Deno.test("the tracker that a host connects to is named as it was denied", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const line = ["host", "sync", "--data", "host"];
    const denied = await said(platform, line, "net", "api.github.com:443");
    assert.match(denied.nextAction ?? "", /^Run with `--allow-net=api\.github\.com`\.\n/);
    const other = await said(platform, line, "read", `${platform.home}/host/host.db`);
    assert.match(other.nextAction ?? "", /In the place of `PROVIDER` put the host of the tracker/);
  }));

Deno.test("where the line names the database of a host, nothing stands in its place or for a directory", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const place = ["--database", "postgres://tracker@db.example/tracker"];
    const audit = ["host", "audit", ...place];
    const file = ["--database-password-file", "/secrets/pw"];
    const read = await said(platform, [...audit, ...file], "read", "/secrets/pw");
    assert.match(read.nextAction ?? "", /^Run with `--allow-read=[^`]*\/secrets\/pw`\.\n/);
    assert.doesNotMatch(read.nextAction ?? "", /allow-write/);
    assert.match(read.nextAction ?? "", / --allow-net=db\.example:5432 /);
    assert.doesNotMatch(read.nextAction ?? "", WORD);
    const sync = await said(platform, ["host", "sync", ...place], "net", "db.example:5432");
    assert.match(sync.nextAction ?? "", /^Run with `--allow-net=db\.example:5432,PROVIDER`\.\n/);
    platform.setEnv("TRACKER_HOST_DATABASE", "postgres://other.example:6432/tracker");
    const named = await said(platform, ["host", "sync"], "net", "other.example:6432");
    assert.match(named.nextAction ?? "", /^Run with `--allow-net=other\.example:6432,PROVIDER`/);
    assert.doesNotMatch(named.nextAction ?? "", /DIR/);
  }));

Deno.test("the project, its tool and the daemon are those that the files name", () =>
  withPlatform({ env: { ...ENV, LOG_TOKENS: "", LOG_STREAM: "" } }, async (platform) => {
    const project = `${platform.home}/project`;
    const { config, root } = userPaths(platform);
    const binding = async (text: string) =>
      await platform.files.writeAtomic(`${project}/.kittify/config.yaml`, `tracker:\n${text}`);
    await platform.files.makeDirectory(`${project}/.kittify`);
    await platform.files.makeDirectory(`${project}/src`);
    const inside = {
      ...platform,
      system: { ...platform.system, cwd: () => `${project}/src` },
    };
    const flags = async () => {
      const { details } = await said(inside, ["sync", "pull"], "write", `${root}/trackers`);
      return details["flags"] as readonly string[];
    };
    await binding("  provider: beads\n  workspace: main\n");
    const auto = await flags();
    assert.ok(auto[0]?.startsWith("--allow-read=$HOME/project,"), auto.join(" "));
    assert.ok(auto.includes(`--allow-run=bd,${shortened(platform)}`), auto.join(" "));
    assert.ok(auto.some((flag) => /^--allow-net=.*127\.0\.0\.1/.test(flag)));
    await platform.files.writeAtomic(config, '[sync]\nbackground_daemon = "manual"\n');
    const manual = await flags();
    assert.ok(manual.includes("--allow-run=bd"), manual.join(" "));
    assert.doesNotMatch(manual.join(" "), /127\.0\.0\.1/);
    await platform.files.writeAtomic(config, "what is no TOML");
    await binding("  provider: [");
    const unread = await flags();
    assert.ok(unread.includes(`--allow-run=${shortened(platform)}`), unread.join(" "));
  }));

/** The program, which the daemon is started with. */
function shortened({ system }: TestPlatform): string {
  return system.execPath();
}

Deno.test("a denial of what is no kind of permission names the flag that Deno names", () =>
  withPlatform({}, (platform) => {
    const denial = (message: string) => Object.assign(new Error(message), { name: "NotCapable" });
    const all = 'Requires all access to "/proc/1/environ", run again with the --allow-all flag';
    const failure = explain(denial(all), { platform, command: null });
    assert.equal(failure.code, "permission_needed");
    assert.equal(failure.message, 'Permission needed: all access to "/proc/1/environ"');
    assert.equal(failure.nextAction, "Run with `--allow-all`.");
    const strange = explain(denial("Access was denied"), { platform, command: null });
    assert.deepEqual([strange.message, strange.nextAction], [
      "Permission needed: Access was denied",
      null,
    ]);
  }));

Deno.test("inside of a sentence a denial is told with its flag", () => {
  assert.equal(
    errorText(new NotCapableError("net", "127.0.0.1:0")),
    'permission needed: net "127.0.0.1", with `--allow-net=127.0.0.1`',
  );
  const signal = "Requires run access, run again with the --allow-run flag";
  const denied = Object.assign(new Error(signal), { name: "NotCapable" });
  assert.equal(errorText(denied), "permission needed: run, with `--allow-run`");
});
