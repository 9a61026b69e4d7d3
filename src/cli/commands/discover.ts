import type { BindableResource } from "../../contract/discovery.ts";
import type { Provider } from "../../contract/providers.ts";
import type { Deps } from "../deps.ts";
import { writeTable } from "../table.ts";
import { day, plural } from "../time_words.ts";
import { trackerService } from "../tracker_service.ts";

/** Lists the resources of a provider; row N is what `bind --select N` takes. */
export async function run(deps: Deps, options: { readonly provider: Provider }): Promise<number> {
  const { output, platform } = deps;
  const service = await trackerService(deps);
  const result = await service.discover(options.provider);
  if (deps.globals.json) {
    output.json(result);
    return 0;
  }
  const { resources } = result;
  if (resources.length === 0) {
    output.line(`No ${options.provider} resources.`);
    output.note("  Connect the tracker in the dashboard of the host, then try again.");
    return 0;
  }
  const positions = await service.positions(options.provider);
  const rows = byPosition(resources, positions);
  const now = platform.clock.now();
  writeTable(
    output,
    [
      { title: "#" },
      { title: "RESOURCE", yields: 1 },
      { title: "WORKSPACE", yields: 2 },
      { title: "BOUND TO", yields: 3 },
    ],
    rows.map((resource) => [
      String(positions.get(resource.display_label) ?? "–"),
      resource.display_label,
      workspaceOf(resource),
      boundTo(resource, now),
    ]),
  );
  output.line();
  const count = plural(resources.length, "resource");
  const one = resources.every(({ display_label: label }) => positions.has(label))
    ? "one"
    : "one that has a number";
  output.line(`${count}. Bind ${one} with \`tracker bind -p ${options.provider} --select N\`.`);
  return 0;
}

function byPosition(
  resources: readonly BindableResource[],
  positions: ReadonlyMap<string, number>,
): readonly BindableResource[] {
  const rank = (resource: BindableResource) => positions.get(resource.display_label) ?? Infinity;
  return [...resources].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

function workspaceOf({ provider_context: context }: BindableResource): string {
  for (
    const name of ["workspace_name", "workspace", "organization", "site", "group", "team_name"]
  ) {
    const value = context[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return "–";
}

function boundTo(resource: BindableResource, now: number): string {
  if (resource.binding_ref === null) return "–";
  const since = resource.bound_at === null ? "" : `  since ${day(resource.bound_at, now)}`;
  return `${resource.bound_project_slug ?? "another project"}${since}`;
}
