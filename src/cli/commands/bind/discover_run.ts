import type { JsonObject } from "../../../contract/field.ts";
import { type BindableResource, isBound } from "../../../contract/discovery.ts";
import type { Provider } from "../../../contract/providers.ts";
import type { Discovery } from "../../../client/discovery.ts";
import { dashboardOfHost } from "../../../user/host_words.ts";
import { discoverResources } from "../../../tracker/binding.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { reportUnreadable } from "../../services/unreadable.ts";
import { writeTable } from "../../terminal/table.ts";
import { day, plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** Lists the resources of a provider; row N is what `bind --select N` takes. */
export async function run(
  context: Context,
  options: { readonly provider: Provider; readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: RESOURCE_FIELDS, isOpen: true });
  const { output, platform } = context;
  const project = await projectContext(context);
  const discovery = await whileWaiting(
    context,
    "Asking the host for resources",
    () => discoverResources(project, options.provider),
  );
  const { result, rows, fault } = discovery;
  const unreadable = result.item_errors ?? [];
  if (fault !== null) {
    output.warning(
      `Warning: The resources have no numbers, because the project could not be resolved: ${fault.message}`,
    );
  }
  if (context.globals.json) {
    output.json(asJson(discovery, choose));
    return reportUnreadable(context, unreadable, "resource");
  }
  const { resources } = result;
  if (resources.length === 0 && unreadable.length > 0) {
    return reportUnreadable(context, unreadable, "resource");
  }
  if (resources.length === 0) {
    output.result(`No ${options.provider} resources.`);
    output.notice(`  Connect the tracker in ${await dashboardOfHost(platform)}, then try again.`);
    return 0;
  }
  const now = platform.clock.now();
  writeTable(
    output,
    [
      { title: "#" },
      { title: "RESOURCE", yields: 1 },
      { title: "WORKSPACE", yields: 2 },
      { title: "BOUND TO", yields: 3 },
    ],
    rows.map(({ select, label, resource }) => [
      select === null ? "–" : String(select),
      label,
      resource === null ? "?" : workspaceOf(resource),
      resource === null ? "?" : boundTo(resource, now),
    ]),
  );
  output.result();
  const count = plural(resources.length, "resource");
  if (fault !== null) {
    output.result(`${count}.`);
    return reportUnreadable(context, unreadable, "resource");
  }
  const one = rows.every(({ select }) => select !== null) ? "one" : "one that has a number";
  output.result(`${count}. Bind ${one} with \`tracker bind -p ${options.provider} --select N\`.`);
  if (rows.some(({ resource }) => resource === null)) {
    output.result(
      "Resources that share a name are told apart by `tracker bind`, which gives a reason for each.",
    );
  }
  return reportUnreadable(context, unreadable, "resource");
}

const RESOURCE_FIELDS = [
  ...["candidate_token", "display_label", "provider", "provider_context", "binding_ref"],
  ...["bound_project_slug", "bound_at", "select", "is_bound"],
];

/** The host's answer with what `bind --select` takes beside each resource. */
function asJson(
  { result, rows }: Discovery,
  choose: (resources: readonly object[]) => readonly object[],
): JsonObject {
  const selects = new Map(rows.map(({ resource, select }) => [resource, select]));
  return {
    ...result,
    resources: choose(result.resources.map((resource) => ({
      ...resource,
      select: selects.get(resource) ?? null,
      is_bound: isBound(resource),
    }))),
    // Numbers whose resource is one of several with the same name.
    unmatched: rows.flatMap(({ select, label, resource }) =>
      resource === null ? [{ select, display_label: label }] : []
    ),
  };
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
