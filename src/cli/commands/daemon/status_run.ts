import { type DaemonStatus, daemonStatus } from "../../../daemon/status.ts";
import { type DaemonPolicy, daemonPolicy } from "../../../user/settings.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { ago, plural, span } from "../../terminal/format.ts";

/** Shows whether the daemon runs; changes and starts nothing. */
export async function run(context: Context): Promise<number> {
  const status = await daemonStatus(context.platform);
  const policy = await daemonPolicy(context.platform);
  if (context.globals.json) {
    context.output.json(asJson(status, policy));
    return 0;
  }
  show(context, status);
  context.output.result(
    `  policy     ${policy}${policy === "manual" ? ": it never starts by itself" : ""}`,
  );
  return 0;
}

/** The same keys in every state; `null` where there is nothing to tell. */
function asJson(status: DaemonStatus, policy: DaemonPolicy): Readonly<Record<string, unknown>> {
  const facts = "facts" in status ? status.facts : null;
  const begun = status.kind === "starting" || status.kind === "failed" ? status : null;
  const health = status.kind === "running" ? status.health : null;
  return {
    state: status.kind,
    pid: facts?.pid ?? begun?.pid ?? null,
    port: facts?.port ?? null,
    version: facts?.version ?? null,
    started_at: facts?.started_at ?? null,
    heartbeat: facts?.heartbeat ?? null,
    last_cycle_at: health?.last_cycle_at ?? null,
    last_outcome: health?.last_outcome ?? null,
    uploaded: health?.uploaded ?? null,
    failure: status.kind === "failed" ? status.reason : null,
    unknown_because: status.kind === "unknown" ? status.reason : null,
    policy,
  };
}

function show(context: Context, status: DaemonStatus): void {
  const { output, platform } = context;
  const now = platform.clock.now();
  switch (status.kind) {
    case "stopped":
      return output.result("Background sync is not running.");
    case "starting":
      return output.result(`Background sync is about to run (pid ${status.pid}).`);
    case "failed":
      output.result(text`${ATTENTION} Background sync did not start: ${status.reason}.`);
      return output.result("  `tracker daemon start` tries again and tells why.");
    case "unknown": {
      const { pid, heartbeat } = status.facts;
      output.result(
        text`${ATTENTION} It is not known whether background sync runs (pid ${pid}): ${status.reason}.`,
      );
      return output.result(`  last sign of life ${ago(Date.parse(heartbeat), now)}`);
    }
    case "stale":
      output.result(
        `Background sync is not running; process ${status.facts.pid} has left its state behind.`,
      );
      return output.result("  The next start replaces it: `tracker daemon start`");
    case "running": {
      const { facts, health } = status;
      output.result(text`${DONE} Background sync is running (pid ${facts.pid}).`);
      output.result(`  version    ${health.version}`);
      output.result(`  for        ${span(now - Date.parse(health.started_at))}`);
      output.result(`  uploaded   ${plural(health.uploaded, "event")}`);
      if (health.last_cycle_at !== null) {
        const outcome = health.last_outcome ?? "";
        output.result(`  last       ${ago(Date.parse(health.last_cycle_at), now)} (${outcome})`);
      }
    }
  }
}
