import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { daemonCommand } from "../../src/daemon/command.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("a compiled binary starts itself", () =>
  withPlatform(
    { system: { standalone: true, execPath: () => "/bin/tracker" } },
    async (platform) => {
      assert.deepEqual(await daemonCommand(platform), {
        command: "/bin/tracker",
        args: ["daemon", "run"],
      });
    },
  ));

Deno.test("from source Deno runs the main module with the permissions this process has", () =>
  withPlatform({
    system: {
      standalone: false,
      execPath: () => "/bin/deno",
      mainModule: () => "file:///tracker/main.ts",
      permission: () => "granted",
    },
  }, async (platform) => {
    const { command, args } = await daemonCommand(platform);
    assert.equal(command, "/bin/deno");
    assert.deepEqual(args, [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-env",
      "file:///tracker/main.ts",
      "daemon",
      "run",
    ]);
  }));

Deno.test("from a bundle Deno takes no configuration of directories above it", async () => {
  for (const packaging of ["bundle", "npm"] as const) {
    await withPlatform({
      system: { packaging, mainModule: () => "file:///tracker/tracker.js" },
    }, async (platform) => {
      const { args } = await daemonCommand(platform);
      assert.deepEqual(args.slice(0, 5), [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-config",
        "--no-lock",
      ]);
    });
  }
});

Deno.test("of narrow permissions only those the daemon can use are passed on, and no secret is", () =>
  withPlatform({
    env: { SPEC_KITTY_SAAS_URL: "https://host.example", TRACKER_TOKEN: "secret-token" },
    system: {
      standalone: false,
      execPath: () => "/bin/deno",
      mainModule: () => "file:///tracker/main.ts",
      permission(name, target) {
        if (target === undefined) return "prompt";
        return name === "env" && !target.startsWith("SPEC_KITTY") ? "denied" : "granted";
      },
    },
  }, async (platform) => {
    const { args } = await daemonCommand(platform);
    const root = `${platform.home}/.spec-kitty`;
    assert.deepEqual(args.slice(3, -3), [
      `--allow-read=${root}`,
      `--allow-write=${root}`,
      "--allow-net=127.0.0.1,host.example",
      "--allow-env=SPEC_KITTY_HOME,SPEC_KITTY_ENABLE_SAAS_SYNC,SPEC_KITTY_SAAS_URL",
    ]);
    assert.equal(args.join(" ").includes("secret-token"), false);
  }));

Deno.test("a home whose path has a comma is not granted as two other paths", () =>
  withPlatform({
    env: { SPEC_KITTY_HOME: "/home/a,/etc/.spec-kitty" },
    system: {
      standalone: false,
      permission: (name, target) => name === "read" && target !== undefined ? "granted" : "denied",
    },
  }, async (platform) => {
    const { args } = await daemonCommand(platform);
    assert.deepEqual(args.filter((arg) => arg.startsWith("--allow-")), []);
  }));

Deno.test("what is denied to this process is not opened to the daemon by a wider flag", async () => {
  const denying = ["--allow-net", "--deny-net=evil.example", "--allow-env", "--allow-read"];
  const flags = [...denying, "--deny-read=/etc/secret", "--allow-write"];
  const script = `
    import { daemonCommand } from ${
    JSON.stringify(import.meta.resolve("../../src/daemon/command.ts"))
  };
    import { systemPlatform } from ${
    JSON.stringify(import.meta.resolve("../../src/platform/system.ts"))
  };
    console.log(JSON.stringify((await daemonCommand(systemPlatform())).args));
  `;
  const config = new URL("../../deno.json", import.meta.url);
  const basics = ["--quiet", "--no-check", "--no-prompt", "--config", fileURLToPath(config)];
  const home = await Deno.makeTempDir({ prefix: "tracker-test-" });
  try {
    await Deno.writeTextFile(`${home}/print.ts`, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...basics, ...flags, `${home}/print.ts`],
      env: { HOME: home, USERPROFILE: home, SPEC_KITTY_SAAS_URL: "https://host.example" },
    }).output();
    const printed = new TextDecoder().decode(stdout);
    assert.notEqual(printed, "", new TextDecoder().decode(stderr));
    const args: readonly string[] = JSON.parse(printed);
    assert.ok(args.includes("--allow-net=127.0.0.1,host.example"), printed);
    assert.ok(args.some((arg) => arg.startsWith("--allow-read=") && arg.endsWith(".spec-kitty")));
    assert.ok(args.includes("--allow-write") && args.includes("--allow-env"), printed);
    assert.ok(!args.includes("--allow-net") && !args.includes("--allow-read"), printed);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
