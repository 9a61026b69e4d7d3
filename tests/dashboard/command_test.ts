import assert from "node:assert/strict";
import { command } from "../../src/cli/commands/dashboard/dashboard.ts";
import { run } from "../../src/cli/commands/dashboard/dashboard_run.ts";
import type { Context, GlobalOptions } from "../../src/cli/command/context.ts";
import type { DetachedOptions, Processes } from "../../src/platform/processes.ts";
import { usageError } from "../../src/platform/tracker_error.ts";
import { testContext } from "../support/context.ts";
import { type TestPlatform, type TestPlatformOptions, withPlatform } from "../support/platform.ts";

interface Showing {
  readonly platform: TestPlatform;
  /** The address it has printed. */
  readonly url: string;
  /** Ends it as Ctrl-C does; answers the exit code. */
  stop(signal?: "SIGINT" | "SIGTERM"): Promise<number>;
}

async function withShowing(
  options: { open?: boolean; globals?: Partial<GlobalOptions>; machine?: TestPlatformOptions },
  test: (showing: Showing) => Promise<void>,
): Promise<void> {
  await withPlatform(options.machine ?? {}, async (platform) => {
    const { output, ...rest } = testContext(platform, options.globals);
    const announced = Promise.withResolvers<string>();
    const context: Context = {
      ...rest,
      output: {
        ...output,
        result: (line = "") => (output.result(line), announced.resolve(String(line))),
        json(document, form) {
          output.json(document, form);
          announced.resolve(JSON.parse(JSON.stringify(document)).url);
        },
      },
    };
    const ended = run(context, { port: undefined, open: options.open ?? false });
    const url = await announced.promise;
    await test({
      platform,
      url,
      stop(signal = "SIGINT") {
        platform.raise(signal);
        return ended;
      },
    });
  });
}

function openers(start: (options: DetachedOptions) => number): Processes {
  return {
    run: () => Promise.reject(new Error("A command was run")),
    runAttached: () => Promise.reject(new Error("A command was run")),
    startDetached: start,
    kill: () => false,
  };
}

Deno.test("the address is printed and served until Ctrl-C, with exit code 0", () =>
  withShowing({}, async ({ url, platform, stop }) => {
    assert.equal(platform.stdout(), `${url}\n`);
    assert.match(platform.stderr(), /Ctrl-C/);
    const answer = await fetch(url);
    assert.match(await answer.text(), /<main/);
    assert.equal(await stop(), 0);
    await assert.rejects(fetch(url));
  }));

Deno.test("SIGTERM ends it too", () =>
  withShowing({}, async ({ stop }) => {
    assert.equal(await stop("SIGTERM"), 0);
  }));

Deno.test("--json prints the address as one document and no prose", () =>
  withShowing({ globals: { json: true } }, async ({ platform, url, stop }) => {
    assert.deepEqual(JSON.parse(platform.stdout()), { schema: 1, url });
    assert.equal(platform.stderr(), "");
    await stop();
  }));

Deno.test("starting it makes no file, with the gate on and off", async () => {
  for (const gate of ["", "1"]) {
    await withShowing(
      { machine: { env: { SPEC_KITTY_ENABLE_SAAS_SYNC: gate } } },
      async (shown) => {
        await (await fetch(`${shown.url}state.json`)).body?.cancel();
        await shown.stop();
        assert.deepEqual(await shown.platform.files.list(shown.platform.home), []);
      },
    );
  }
});

Deno.test("--open hands the address to the system's opener", async () => {
  for (
    const [os, command] of [
      ["linux", "xdg-open"],
      ["darwin", "open"],
      ["windows", "rundll32 url.dll,FileProtocolHandler"],
    ] as const
  ) {
    const started: string[] = [];
    const processes = openers(({ command, args }) => {
      started.push([command, ...args].join(" "));
      return 1;
    });
    const machine = { processes, system: { os } };
    await withShowing({ open: true, machine }, async ({ url, stop }) => {
      await stop();
      assert.deepEqual(started, [`${command} ${url}`]);
    });
  }
});

Deno.test("a machine without an opener still gets the page", () => {
  const processes = openers(() => {
    throw new Deno.errors.NotFound("xdg-open");
  });
  return withShowing({ open: true, machine: { processes } }, async ({ platform, stop }) => {
    assert.equal(await stop(), 0);
    assert.match(platform.stderr(), /open the address yourself/);
  });
});

Deno.test("without --open no process is started", () => {
  const processes = openers(({ command }) => {
    throw new Error(`"${command}" was started`);
  });
  return withShowing({ machine: { processes } }, async ({ platform, stop }) => {
    assert.equal(await stop(), 0);
    assert.doesNotMatch(platform.stderr(), /browser/);
  });
});

Deno.test("a port that cannot be one is wrong usage; the command is there with the gate off", async () => {
  assert.equal(command.gated, false);
  await withPlatform({}, async (platform) => {
    const context = testContext(platform);
    const outcomeOf = async (...words: string[]) => {
      const parsed = await command.parse(words, false);
      if (parsed.kind === "fault") return "fault";
      return await parsed.invocation.check(context).then(() => "fine", (error) => error);
    };
    assert.equal(await outcomeOf(), "fine");
    assert.equal(await outcomeOf("--port", "4600", "--open"), "fine");
    assert.equal(await outcomeOf("--port", "0"), "fault");
    assert.equal(await outcomeOf("--port", "x"), "fault");
    assert.deepEqual(
      await outcomeOf("--port", "65536"),
      usageError("`--port` takes a port of at most 65535, not 65536"),
    );
  });
});

Deno.test("--repo names the project, and must be one", () =>
  withPlatform({}, async (platform) => {
    const context = testContext(platform, { repo: "nowhere" });
    await assert.rejects(run(context, { port: undefined, open: false }), {
      code: "not_a_project",
    });
  }));
