import assert from "node:assert/strict";
import { moduleGraph, packageOf, projectModules } from "../module_graph.ts";

const IMPORTS = await moduleGraph(await projectModules());

Deno.test("Only `tracker mcp` loads the library of its protocol, and only when it runs", () => {
  const library = IMPORTS.filter(({ to }) => packageOf(to) === "@modelcontextprotocol/server");
  assert.deepEqual([...new Set(library.map(({ from }) => from))], ["src/cli/commands/mcp/sdk.ts"]);
  const doors = IMPORTS.filter(({ to, isType }) => to === "src/cli/commands/mcp/sdk.ts" && !isType);
  assert.deepEqual(doors.map(({ from, isDynamic }) => ({ from, isDynamic })), [
    { from: "src/cli/commands/mcp/serve.ts", isDynamic: true },
  ]);
  const users = IMPORTS.filter(({ to }) => to === "src/cli/commands/mcp/serve.ts");
  assert.deepEqual(users.map(({ from }) => from), ["src/cli/commands/mcp/mcp_run.ts"]);
});
