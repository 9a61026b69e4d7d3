import assert from "node:assert/strict";
import {
  moduleGraph,
  packageOf,
  projectModules,
  reachable,
  staticImports,
} from "../../module_graph.ts";

Deno.test("what only shows texts of a tracker loads no parser of Markdown", async () => {
  const modules = await projectModules();
  const next = staticImports(await moduleGraph(modules), packageOf);
  const loads = (path: string) => [...reachable(next, [path])].includes("markdown-it");
  assert.ok(loads("src/providers/jira/adf/edited.ts"));
  const shows = modules.filter((path) =>
    /^src\/(server|providers\/\w+)\/[^/]*\.ts$|\/shown\.ts$/.test(path)
  );
  assert.ok(shows.includes("src/providers/jira/adf/shown.ts"));
  assert.deepEqual(shows.filter(loads), []);
});
