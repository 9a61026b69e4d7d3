import assert from "node:assert/strict";
import { callTool } from "../../src/cli/commands/mcp/call.ts";
import { callMachine } from "../../src/cli/commands/mcp/call_machine.ts";
import { inputSchema } from "../../src/cli/commands/mcp/parameters.ts";
import type { Tool } from "../../src/cli/commands/mcp/tool.ts";
import { TOOLS } from "../../src/cli/commands/mcp/tools.ts";
import { isJsonObject } from "../../src/contract/field.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { SIGNED_IN, withProject } from "../missions/support.ts";

const NEVER = new AbortController().signal;

function toolNamed(name: string): Tool {
  const tool = TOOLS.find((one) => one.name === name);
  assert.ok(tool !== undefined);
  return tool;
}

Deno.test("There are eight tools, and every parameter is described", () => {
  assert.equal(TOOLS.length, 8);
  for (const { parameters } of TOOLS) {
    const { properties } = inputSchema(parameters);
    assert.ok(isJsonObject(properties));
    for (const one of Object.values(properties)) {
      assert.ok(isJsonObject(one) && String(one["description"]).endsWith("."));
    }
  }
});

Deno.test("A call that is cancelled ends its request, and what waits for it", () =>
  withProject({ env: SIGNED_IN }, async ({ platform, root }) => {
    const cancelled = new AbortController();
    const asked = Promise.withResolvers<AbortSignal>();
    const hanging = {
      ...platform,
      fetch: (request: Request) => {
        asked.resolve(request.signal);
        return new Promise<Response>((_, reject) =>
          request.signal.addEventListener("abort", () => reject(request.signal.reason))
        );
      },
    };
    const answer = callTool(
      { platform: hanging, repo: root },
      toolNamed("search"),
      { text: "timeout" },
      cancelled.signal,
    );
    const signal = await asked.promise;
    cancelled.abort();
    assert.equal(signal.aborted, true);
    assert.equal((await answer).isError, true);
  }));

Deno.test("A call that is cancelled before it starts asks for nothing", () =>
  withProject({ env: SIGNED_IN }, async ({ platform, root }) => {
    const { document, isError } = await callTool(
      { platform, repo: root },
      toolNamed("search"),
      { text: "timeout" },
      AbortSignal.abort(),
    );
    assert.equal(isError, true);
    assert.ok("error" in document);
  }));

Deno.test("On the machine of a call, a program and a wait end with the call, as with Ctrl-C", async () => {
  const cancelled = new AbortController();
  const { platform } = callMachine(systemPlatform(), cancelled.signal);
  let interrupts = 0;
  platform.signals.listen("SIGINT", () => interrupts++);
  platform.signals.listen("SIGTERM", () => interrupts++);
  const stop = platform.signals.listen("SIGINT", () => interrupts++);
  stop();
  const ends = [
    platform.clock.sleep(3_600_000),
    platform.processes.run({
      command: Deno.execPath(),
      args: ["eval", "setTimeout(() => {}, 3_600_000)"],
    }),
  ];
  cancelled.abort(new Error("cancelled"));
  for (const end of ends) await assert.rejects(end, /cancelled/);
  await assert.rejects(
    platform.processes.run({ command: Deno.execPath(), args: ["--version"] }),
    /cancelled/,
  );
  assert.equal(interrupts, 1);
});

Deno.test("A call neither reads the input of the server nor writes on its output", () =>
  withProject({ env: SIGNED_IN, stdin: "y\n" }, async ({ platform, root }) => {
    const { stdin } = callMachine(platform, NEVER).platform.terminal;
    assert.deepEqual([await stdin.readLine(), await stdin.readAll(), await stdin.readSecret()], [
      null,
      "",
      null,
    ]);
    assert.equal(await stdin.withKeys((read) => read()), null);
    await callTool({ platform, repo: root }, toolNamed("create"), { title: "One" }, NEVER);
    assert.equal(platform.stdout() + platform.stderr(), "");
  }));

Deno.test("A failure is the error of `--json`, without what a reader does not see", () =>
  withProject({ env: SIGNED_IN }, async ({ platform, root }) => {
    const { document } = await callTool(
      { platform, repo: root },
      toolNamed("show"),
      { key: "WEB\u200b-\u001b[31m9" },
      NEVER,
    );
    const { error } = document;
    assert.ok(isJsonObject(error));
    assert.deepEqual(Object.keys(error), ["code", "message", "next_action", "details"]);
    assert.equal(JSON.stringify(document).includes("\u200b"), false);
  }));
