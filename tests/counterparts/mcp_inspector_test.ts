/**
 * `tracker mcp` held to the checks of the official inspector, at its command line. The inspector is named by
 * `TRACKER_TEST_MCP_INSPECTOR`, or is `mcp-inspector` on the path (npm package `@modelcontextprotocol/inspector`).
 */
import assert from "node:assert/strict";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import { programUnderTest, type World } from "../support/world.ts";

/** The ways in which a client and a server agree on a version of the protocol, as the inspector names them. */
const ERAS = ["legacy", "auto", "modern"];

interface Inspected {
  readonly code: number;
  readonly result: ReturnType<typeof JSON.parse>;
  readonly said: string;
}

type Inspect = (server: "reads" | "writes", ...args: string[]) => Promise<Inspected>;

/** Runs a test with the inspector, in a bound project; skips with a word where there is none. */
async function withInspector(test: (inspect: Inspect, world: World) => Promise<void>) {
  const inspector = Deno.env.get("TRACKER_TEST_MCP_INSPECTOR") ?? "mcp-inspector";
  if (!await starts(inspector)) return console.log("    skipped: there is no mcp-inspector");
  await withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull", "--all"]);
    const config = `${world.home}/mcp.json`;
    const [command, ...args] = programUnderTest();
    const server = (more: readonly string[]) => ({
      ...{ command, args: [...args, "mcp", ...more], env: world.env, cwd: world.project },
    });
    await Deno.writeTextFile(
      config,
      JSON.stringify({ mcpServers: { reads: server([]), writes: server(["--write"]) } }),
    );
    await test(async (name, ...given) => {
      const { code, stdout, stderr } = await new Deno.Command(inspector, {
        args: ["--cli", "--config", config, "--server", name, "--connect-timeout", "0", ...given],
        cwd: world.project,
        env: { HOME: world.home },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      const text = new TextDecoder();
      const printed = text.decode(stdout);
      const said = text.decode(stderr);
      return { code, said, result: printed.trim() === "" ? null : JSON.parse(printed) };
    }, world);
  });
}

async function starts(inspector: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(inspector, {
      args: ["--cli", "--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("the inspector finds no fault in the tools, however the version is agreed on", () =>
  withInspector(async (inspect) => {
    for (const era of ERAS) {
      const listed = await inspect(
        ...["writes", "--protocol-era", era, "--method", "tools/list", "--strict"] as const,
      );
      assert.equal(listed.code, 0, `${era}: ${listed.said}`);
      assert.equal(listed.result.tools.length, 8, era);
    }
    const reading = await inspect("reads", "--method", "tools/list", "--strict");
    assert.equal(reading.code, 0, reading.said);
    assert.deepEqual(
      reading.result.tools.map(({ name }: { name: string }) => name),
      ["status", "list", "show", "search"],
    );
  }));

Deno.test("the inspector calls a tool, and tells an error that the tool reports from one of the protocol", () =>
  withInspector(async (inspect, world) => {
    const call = ["--method", "tools/call", "--tool-name"];
    const listed = await inspect(
      ...["reads", ...call, "list", "--tool-args-json"] as const,
      JSON.stringify({ limit: 3, fields: ["key", "title"], sort: "key" }),
    );
    assert.equal(listed.code, 0, listed.said);
    const { untrusted: _, ...answer } = JSON.parse(listed.result.content[0].text);
    assert.deepEqual(
      answer,
      await document(
        world,
        ...["issue", "list", "--limit", "3", "--fields", "key,title", "--sort", "key"],
      ),
    );
    const missing = await inspect("reads", ...call, "show", "--tool-arg", "key=NOPE-1");
    assert.equal(missing.result.isError, true, missing.said);
    assert.match(missing.said, /tool_is_error/);
    const { error } = JSON.parse(missing.result.content[0].text);
    assert.equal(error.code, "issue_not_found");
  }));

Deno.test("calls of the inspector beside one another are all answered", () =>
  withInspector(async (inspect) => {
    const { code, result, said } = await inspect(
      ...[
        "reads",
        "--method",
        "tools/call",
        "--tool-name",
        "list",
        "--tool-arg",
        "limit=3",
      ] as const,
      ...["--load", "--load-requests", "40", "--load-concurrency", "8"],
    );
    assert.equal(code, 0, said);
    assert.deepEqual([result.ok, result.toolErrors, result.errors], [40, 0, 0]);
  }));
