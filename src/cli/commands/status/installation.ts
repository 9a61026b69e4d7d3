import type { InstallationStatusResult } from "../../../contract/results.ts";
import type { Context } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { cut, displayWidth } from "../../terminal/table.ts";
import { day, plural } from "../../terminal/format.ts";

/**
 * Shows the whole installation inside a border with a title of its own, so that nobody takes it for the
 * state of one project.
 */
export function showInstallation(context: Context, status: InstallationStatusResult): void {
  const now = context.platform.clock.now();
  const rows = status.bindings.map((binding) => [
    harmless(binding.display_label ?? binding.binding_ref),
    harmless(binding.project_slug ?? "–"),
    harmless(binding.status ?? "–"),
    binding.bound_at === null ? "–" : `since ${day(binding.bound_at, now)}`,
  ]);
  const widths = [0, 1, 2, 3].map((i) =>
    Math.max(0, ...rows.map((row) => displayWidth(row[i] ?? "")))
  );
  const lines = rows.map((row) =>
    row.map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - displayWidth(cell))).join("  ")
  );
  const { connected, resource_count: resources, installation_id: id } = status;
  const body = [
    [
      harmless(status.provider),
      ...(connected === null ? [] : [connected ? "connected" : "not connected"]),
      ...(resources === null ? [] : [plural(resources, "resource")]),
      plural(status.bindings.length, "binding"),
    ].join(" · "),
    ...(id === null ? [] : [`installation ${harmless(id)}`]),
    ...(lines.length === 0 ? [] : ["", ...lines]),
  ];
  box(context, "Whole installation, not only this project", body);
}

function box(context: Context, title: string, lines: readonly string[]): void {
  const { output } = context;
  const widest = Math.max(displayWidth(title) + 2, ...lines.map(displayWidth));
  const inner = Math.min(widest, (output.width ?? Infinity) - 4);
  const heading = cut(title, inner - 1);
  output.line(`┌─ ${heading} ${"─".repeat(Math.max(0, inner - displayWidth(heading) - 1))}┐`);
  for (const line of lines) {
    const shown = cut(line, inner);
    output.line(`│ ${shown}${" ".repeat(Math.max(0, inner - displayWidth(shown)))} │`);
  }
  output.line(`└${"─".repeat(inner + 2)}┘`);
}
