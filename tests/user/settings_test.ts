import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { userPaths } from "../../src/user/paths.ts";
import {
  daemonPolicy,
  getSetting,
  listSettings,
  loadSettings,
  resolveHostUrl,
  setSetting,
  SETTINGS,
  unsetSetting,
} from "../../src/user/settings.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

async function withConfig(
  toml: string,
  test: (platform: TestPlatform) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  await withPlatform({ env }, async (platform) => {
    await platform.files.writeAtomic(userPaths(platform).config, toml);
    await test(platform);
  });
}

function failure(code: string, ...words: string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code);
    const said = `${error.message} ${error.nextAction}`;
    for (const word of words) assert.ok(said.includes(word), `${word} in ${said}`);
    return true;
  };
}

Deno.test("without a file every setting has its default, and nothing is written", async () => {
  await withPlatform({}, async (platform) => {
    assert.deepEqual(
      (await listSettings(platform, true)).map(({ key, value, source, origin }) => [
        key,
        value,
        source,
        origin,
      ]),
      [
        ["sync.server_url", null, "default", null],
        ["sync.max_queue_size", 100_000, "default", null],
        ["sync.background_daemon", "auto", "default", null],
        ["auth.token_command", null, "default", null],
        ["mission.branch", false, "default", null],
        ["mission.assignee", null, "default", null],
      ],
    );
    const settings = loadSettings(platform);
    assert.equal(await settings.hostUrl(), null);
    assert.equal(await settings.maxQueueSize(), 100_000);
    assert.equal(await settings.daemonPolicy(), "auto");
    assert.equal(await platform.files.stat(userPaths(platform).root), null);
  });
});

Deno.test("a listed setting names its value and where it comes from", async () => {
  const toml = '[sync]\nserver_url = "https://a.example/"\nmax_queue_size = 5\n';
  await withConfig(toml, async (platform) => {
    const { config } = userPaths(platform);
    const rows = await listSettings(platform, true);
    assert.deepEqual(
      rows.map(({ value, source, origin }) => [value, source, origin]),
      [
        ["https://b.example", "environment", "SPEC_KITTY_SAAS_URL"],
        [5, "file", config],
        ["auto", "default", null],
        [null, "default", null],
        [false, "default", null],
        [null, "default", null],
      ],
    );
    assert.ok(rows.every((row) => row.description !== "" && row.fault === null));
    platform.setEnv("SPEC_KITTY_SAAS_URL", " ");
    assert.equal((await getSetting(platform, "sync.server_url")).value, "https://a.example");
  }, { SPEC_KITTY_SAAS_URL: "https://b.example//" });
});

Deno.test("a faulty value is listed with its fault instead of failing the list", async () => {
  const toml =
    '[sync]\nserver_url = "http://far.example"\nmax_queue_size = "many"\nbackground_daemon = 7\n' +
    '[auth]\ntoken_command = [1]\n[mission]\nbranch = "maybe"\nassignee = 7\n';
  await withConfig(toml, async (platform) => {
    const rows = await listSettings(platform, true);
    assert.deepEqual(rows.map((row) => row.value), rows.map(() => null));
    assert.match(rows[3]?.fault ?? "", /must be a list of words/);
    assert.match(rows[4]?.fault ?? "", /`true` or `false`/);
    assert.match(rows[5]?.fault ?? "", /must be a name/);
    assert.match(rows[0]?.fault ?? "", /must use https/);
    assert.match(rows[1]?.fault ?? "", /whole number from 1 up/);
    assert.match(rows[2]?.fault ?? "", /`auto` or `manual`/);
  });
});

Deno.test("the host URL comes from the environment, else from the file, stripped of slashes", async () => {
  const toml = '[sync]\nserver_url = " https://file.example/base/ "\n';
  await withConfig(toml, async (platform) => {
    assert.deepEqual(await resolveHostUrl(platform), {
      url: "https://file.example/base",
      source: "file",
    });
    platform.setEnv("SPEC_KITTY_SAAS_URL", "https://env.example/");
    assert.deepEqual(await resolveHostUrl(platform), {
      url: "https://env.example",
      source: "environment",
    });
  });
});

Deno.test("a faulty host URL fails its reader and names where it stands", async () => {
  await withConfig('[sync]\nserver_url = "http://far.example"\n', async (platform) => {
    const { config } = userPaths(platform);
    await assert.rejects(
      resolveHostUrl(platform),
      failure("invalid_setting", "sync.server_url", "must use https", config),
    );
    platform.setEnv("SPEC_KITTY_SAAS_URL", "far.example");
    await assert.rejects(
      resolveHostUrl(platform),
      failure("invalid_setting", "SPEC_KITTY_SAAS_URL", "is not a URL", "environment"),
    );
  });
  await withConfig('[sync]\nserver_url = ""\n', async (platform) => {
    assert.equal(await resolveHostUrl(platform), null);
  });
});

Deno.test("the queue size must be a positive whole number", async () => {
  for (const bad of ["0", "-1", "1.5", '"5"', "true", "nan"]) {
    await withConfig(`[sync]\nmax_queue_size = ${bad}\n`, async (platform) => {
      await assert.rejects(
        loadSettings(platform).maxQueueSize(),
        failure("invalid_setting", "sync.max_queue_size", "whole number"),
      );
    });
  }
});

Deno.test("the daemon policy is read in any case and with blanks around it", async () => {
  const cases: [string, "auto" | "manual"][] = [
    ['"auto"', "auto"],
    ['"AUTO"', "auto"],
    ['" Auto "', "auto"],
    ['"manual"', "manual"],
    ['"Manual"', "manual"],
    ['"  MANUAL\\t"', "manual"],
  ];
  for (const [written, policy] of cases) {
    await withConfig(`[sync]\nbackground_daemon = ${written}\n`, async (platform) => {
      assert.equal(await daemonPolicy(platform), policy, written);
      assert.equal(platform.stderr(), "", written);
    });
  }
  await withConfig("[sync]\nmax_queue_size = 5\n", async (platform) => {
    assert.equal(await daemonPolicy(platform), "auto");
  });
});

Deno.test("an unknown daemon policy warns in one line and is auto", async () => {
  for (const written of ['"banana"', "7", "true", '["manual"]', "{ a = 1 }"]) {
    await withConfig(`[sync]\nbackground_daemon = ${written}\n`, async (platform) => {
      const settings = loadSettings(platform);
      assert.equal(await settings.daemonPolicy(), "auto", written);
      assert.equal(await settings.daemonPolicy(), "auto", written);
      assert.equal(platform.stderr().split("\n").length, 2, platform.stderr());
      assert.match(platform.stderr(), /^Warning: `\[sync\]\.background_daemon` is .*"auto"\.\n$/);
      assert.equal(platform.stdout(), "");
    });
  }
});

Deno.test("an empty daemon policy is an error that names the key, for its readers only", async () => {
  for (const written of ['""', '"  "']) {
    const toml = `[sync]\nbackground_daemon = ${written}\nserver_url = "https://a.example"\n`;
    await withConfig(toml, async (platform) => {
      const settings = loadSettings(platform);
      await assert.rejects(
        settings.daemonPolicy(),
        failure("invalid_setting", "[sync].background_daemon", "empty"),
      );
      assert.equal((await settings.hostUrl())?.url, "https://a.example");
      assert.equal(await settings.maxQueueSize(), 100_000);
      assert.equal((await listSettings(platform, true)).length, SETTINGS.length);
    });
  }
});

Deno.test("a setting is written in place, checked and in canonical form", async () => {
  const toml = '# mine\n[sync] # section\nserver_url = "https://a.example" # host\nodd = [1,2]\n';
  await withConfig(toml, async (platform) => {
    const { config } = userPaths(platform);
    assert.equal(
      await setSetting(platform, "sync.server_url", " https://B.example/ "),
      "https://b.example",
    );
    assert.equal(await setSetting(platform, " sync.max_queue_size ", " 250 "), 250);
    assert.equal(await setSetting(platform, "sync.background_daemon", " Manual "), "manual");
    assert.equal(
      await platform.files.readText(config),
      toml.replace("a.example", "b.example") +
        'max_queue_size = 250\nbackground_daemon = "manual"\n',
    );
    assert.equal(await unsetSetting(platform, "sync.max_queue_size"), true);
    assert.equal(await unsetSetting(platform, "sync.background_daemon"), true);
    assert.equal(await unsetSetting(platform, "sync.background_daemon"), false);
    assert.equal(
      await platform.files.readText(config),
      toml.replace("a.example", "b.example"),
    );
  });
});

Deno.test("a setting that does not pass its check is wrong usage and writes nothing", async () => {
  await withPlatform({}, async (platform) => {
    const bad: [string, string, string][] = [
      ["sync.server_url", "http://far.example", "must use https"],
      ["sync.server_url", "", "is not a URL"],
      ["sync.max_queue_size", "0", "whole number"],
      ["sync.max_queue_size", "-3", "whole number"],
      ["sync.max_queue_size", "many", "whole number"],
      ["sync.background_daemon", "sometimes", "`auto` or `manual`"],
      ["sync.background_daemon", "", "`auto` or `manual`"],
    ];
    for (const [key, value, words] of bad) {
      await assert.rejects(setSetting(platform, key, value), failure("usage", key, words));
    }
    assert.equal(await platform.files.stat(userPaths(platform).root), null);
  });
});

Deno.test("an unknown setting is refused with the nearest one", async () => {
  await withPlatform({}, async (platform) => {
    await assert.rejects(
      setSetting(platform, "sync.sever_url", "x"),
      failure("usage", 'Unknown setting "sync.sever_url"', "Did you mean `sync.server_url`?"),
    );
    await assert.rejects(
      getSetting(platform, "banana"),
      failure("usage", "sync.server_url, sync.max_queue_size, sync.background_daemon"),
    );
    await assert.rejects(unsetSetting(platform, ""), failure("usage"));
  });
});

Deno.test("a config file that is no TOML is never overwritten, and the error names file and line", async () => {
  const toml = "[sync]\nmax_queue_size = \n";
  await withConfig(toml, async (platform) => {
    const { config } = userPaths(platform);
    await assert.rejects(
      setSetting(platform, "sync.max_queue_size", "5"),
      failure("invalid_toml", config, "line 2"),
    );
    await assert.rejects(listSettings(platform, true), failure("invalid_toml", config));
    await assert.rejects(daemonPolicy(platform), failure("invalid_toml", config));
    assert.equal(await platform.files.readText(config), toml);
  });
});

Deno.test("settings are written privately: the directory 0700, a new file 0600, an old one as it was", async () => {
  await withPlatform({}, async (platform) => {
    const { root, config } = userPaths(platform);
    await setSetting(platform, "sync.max_queue_size", "5");
    const mode = async (path: string) => (await platform.files.stat(path))?.mode ?? null;
    if (await mode(root) === null) return;
    assert.equal(await mode(root), 0o700);
    assert.equal(await mode(config), 0o600);
    await platform.files.setMode(config, 0o644);
    await setSetting(platform, "sync.max_queue_size", "6");
    assert.equal(await mode(config), 0o644);
  });
});

Deno.test("a write that fails leaves the old settings and gives the lock back", async () => {
  let fail = true;
  await withPlatform({
    files: (real) => ({
      ...real,
      writeAtomic: (path, content, options) =>
        fail
          ? Promise.reject(new Error("No space left on device"))
          : real.writeAtomic(path, content, options),
    }),
  }, async (platform) => {
    await assert.rejects(setSetting(platform, "sync.max_queue_size", "5"), /No space left/);
    assert.equal((await getSetting(platform, "sync.max_queue_size")).source, "default");
    fail = false;
    await setSetting(platform, "sync.max_queue_size", "5");
    assert.equal((await getSetting(platform, "sync.max_queue_size")).value, 5);
  });
});

Deno.test("any foreign content of the settings survives setting and unsetting every key", async () => {
  const lines = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 5 });
  await withPlatform({}, async (platform) => {
    const { config } = userPaths(platform);
    await fc.assert(
      fc.asyncProperty(lines, lines, async (top, inSync) => {
        const foreign = [
          "# head",
          ...top.map((name) => `x_${name} = "${name}"   # ${name}`),
          "",
          "[sync]",
          ...inSync.map((name) => `x_${name} = { a = 1,  b = '${name}' } # ${name}`),
          "",
          "[mission]",
          "x_own = 1\n[auth]\nx_own = 1",
          "",
          "[[list]]",
          "at = 07:32:00",
          "# tail",
          "",
        ].join("\n");
        await platform.files.writeAtomic(config, foreign);
        await setSetting(platform, "sync.server_url", "https://a.example");
        await setSetting(platform, "sync.max_queue_size", "7");
        await setSetting(platform, "sync.background_daemon", "manual");
        await setSetting(platform, "auth.token_command", "op read 'a b'");
        await setSetting(platform, "mission.branch", "true");
        await setSetting(platform, "mission.assignee", "mei");
        for (const { key } of SETTINGS) assert.equal(await unsetSetting(platform, key), true);
        assert.equal(await platform.files.readText(config), foreign);
      }),
      { numRuns: 25 },
    );
  });
});

Deno.test("a switch is written as one, and read whatever its case; a name is trimmed", async () => {
  await withPlatform({}, async (platform) => {
    assert.equal(await loadSettings(platform).missionBranch(), false);
    assert.equal(await loadSettings(platform).missionAssignee(), null);
    assert.equal(await setSetting(platform, "mission.branch", " TRUE "), true);
    assert.equal(await setSetting(platform, "mission.assignee", " Mei Lin "), "Mei Lin");
    const { config } = userPaths(platform);
    assert.match(await platform.files.readText(config) ?? "", /^branch = true$/m);
    assert.equal(await loadSettings(platform).missionBranch(), true);
    assert.equal(await loadSettings(platform).missionAssignee(), "Mei Lin");
    await setSetting(platform, "mission.branch", "false");
    assert.equal(await loadSettings(platform).missionBranch(), false);
    await assert.rejects(setSetting(platform, "mission.branch", "1"), { code: "usage" });
    await assert.rejects(setSetting(platform, "mission.assignee", " "), { code: "usage" });
  });
});
