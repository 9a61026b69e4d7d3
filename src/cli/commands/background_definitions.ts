import type { Parser } from "@optique/core/parser";
import { type Command, defineCommand, type Kit } from "../command/command.ts";

/** `daemon …`, `events …`: work that goes on behind the commands. */
export const BACKGROUND_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "daemon status",
    group: "Background",
    summary: "Show whether background sync runs.",
    gated: true,
    examples: ["tracker daemon status", "tracker daemon status --json"],
    readiness: "none",
    withDaemon: true,
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./daemon/status_run.ts"),
  }),
  defineCommand({
    path: "daemon start",
    group: "Background",
    summary: "Start background sync for this user.",
    gated: true,
    examples: ["tracker daemon start", "tracker daemon start --json"],
    readiness: "gate",
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./daemon/start_run.ts"),
  }),
  defineCommand({
    path: "daemon stop",
    group: "Background",
    summary: "Stop background sync; queued events stay queued.",
    gated: true,
    examples: ["tracker daemon stop", "tracker daemon stop --json"],
    readiness: "none",
    withDaemon: true,
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./daemon/stop_run.ts"),
  }),
  defineCommand({
    path: "daemon run",
    group: "Background",
    summary: "Be the background sync, in the foreground.",
    gated: true,
    examples: ["tracker daemon run", "tracker daemon run --verbose"],
    readiness: "gate",
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./daemon/run_run.ts"),
  }),
  defineCommand({
    path: "events list",
    group: "Background",
    summary: "List the events that wait to be uploaded.",
    gated: true,
    examples: ["tracker events list", "tracker events list --parked"],
    readiness: "gate",
    options: (kit) =>
      kit.object("Options", {
        parked: kit.flag(["--parked"], "Only events the host has refused too often."),
        limit: kit.withDefault(
          kit.option("--limit", kit.count(), {
            description: kit.text("Show at most N events (50)."),
          }),
          50,
        ),
      }),
    bare: { parked: false, limit: 50 },
    load: () => import("./events/list_run.ts"),
  }),
  defineCommand({
    path: "events flush",
    group: "Background",
    summary: "Upload the queued events now.",
    gated: true,
    examples: ["tracker events flush", "tracker events flush --json"],
    readiness: { binding: false, reachability: false },
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./events/flush_run.ts"),
  }),
  defineCommand({
    path: "events retry",
    group: "Background",
    summary: "Queue parked events again: one, or all.",
    gated: true,
    examples: ["tracker events retry", "tracker events retry 01JMBY7K8N3QRVX2DPFG5HWT4E"],
    readiness: "gate",
    options: (kit) => kit.object("Options", { id: kit.optional(idArgument(kit)) }),
    bare: { id: undefined },
    load: () => import("./events/retry_run.ts"),
  }),
  defineCommand({
    path: "events export",
    group: "Background",
    summary: "Print queued events as JSON, one a line; they stay queued.",
    gated: true,
    examples: ["tracker events export > events.jsonl", "tracker events export --parked"],
    readiness: "gate",
    options: (kit) =>
      kit.object("Options", {
        parked: kit.flag(["--parked"], "Only events the host has refused too often."),
      }),
    bare: { parked: false },
    load: () => import("./events/export_run.ts"),
  }),
];

function idArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("ID"), { description: kit.text("Id of one event.") });
}
