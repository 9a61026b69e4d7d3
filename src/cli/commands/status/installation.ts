import type { InstallationStatusResult } from "../../../contract/results.ts";
import type { Context } from "../../command/context.ts";
import { alignedRows } from "../../terminal/table.ts";
import { boxLines } from "../../terminal/box.ts";
import { connectionWords } from "../../services/connection_words.ts";
import { day, plural } from "../../terminal/format.ts";

/**
 * Shows the whole installation inside a border with a title of its own, so that it is not mistaken for the
 * state of one project.
 */
export function showInstallation(context: Context, status: InstallationStatusResult): void {
  const { output, platform } = context;
  const now = platform.clock.now();
  const rows = status.bindings.map((binding) => [
    binding.display_label ?? binding.binding_ref,
    binding.project_slug ?? "–",
    binding.status ?? "–",
    binding.bound_at === null ? "–" : `since ${day(binding.bound_at, now)}`,
  ]);
  const lines = alignedRows(rows);
  const { connected, resource_count: resources, installation_id: id } = status;
  const connections = (status.connections ?? []).map((one) => [
    one.name ?? "–",
    connectionWords(one, now),
    one.message ?? "",
  ]);
  const body = [
    [
      status.provider,
      ...(connected === null ? [] : [connected ? "connected" : "not connected"]),
      ...(resources === null ? [] : [plural(resources, "resource")]),
      plural(status.bindings.length, "binding"),
    ].join(" · "),
    ...(id === null ? [] : [`installation ${id}`]),
    ...(connections.length === 0 ? [] : ["", ...alignedRows(connections)]),
    ...(lines.length === 0 ? [] : ["", ...lines]),
  ];
  const title = "Whole installation, not only this project";
  for (const line of boxLines(title, body, output.width)) output.result(line);
}
