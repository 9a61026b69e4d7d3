import { mismatchOf, servingNow } from "../../../daemon/serving.ts";
import { daemonStatus } from "../../../daemon/status.ts";
import { queueOwner } from "../../../events/open.ts";
import { readQueueCounts } from "../../../events/queue_counts.ts";
import { loadSettings } from "../../../user/settings.ts";
import { isoTime } from "../../../platform/clock.ts";
import { join } from "../../../platform/paths.ts";
import { errorText } from "../../../platform/tracker_error.ts";
import { userPaths } from "../../../user/paths.ts";
import { plural, span } from "../../terminal/format.ts";
import { VERSION } from "../../version.ts";
import type { FilesFinding } from "./files.ts";
import { codeOf, type DoctorContext, shellWord, shownPath } from "./doctor_context.ts";
import { type Check, failed, fine, info, warning } from "../../services/report.ts";

/** Events older than this were not taken along by any sync. */
const STALE_QUEUE_MS = 3_600_000;

/** Examines the queues of events: is each file whole, and of the one in use how many, how old, how many given up. */
export async function examineQueue(
  doctor: DoctorContext,
  files: FilesFinding,
): Promise<readonly Check[]> {
  const damaged = await damagedQueues(doctor);
  return damaged.length > 0 ? damaged : await examineEvents(doctor, files);
}

async function damagedQueues({ platform }: DoctorContext): Promise<readonly Check[]> {
  const { queues, unscopedQueue, old } = userPaths(platform);
  const paths = [unscopedQueue, old.unscopedQueue];
  for (const directory of [queues, old.queues]) {
    for (const { kind, name } of await platform.files.list(directory)) {
      if (kind === "file" && name.endsWith(".db")) paths.push(join(directory, name));
    }
  }
  const damaged: Check[] = [];
  for (const path of paths) {
    const fault = await queueFault(platform, path);
    if (fault === null) continue;
    damaged.push(failed(
      "queue",
      `the event queue ${shownPath(platform, path)} is damaged: ${fault}`,
      `run \`mv ${shellWord(platform, path)} ${shellWord(platform, `${path}.damaged`)}\`, ` +
        "keep the file: events in it were not uploaded",
      { path },
    ));
  }
  return damaged;
}

async function queueFault(
  platform: DoctorContext["platform"],
  path: string,
): Promise<string | null> {
  if (await platform.files.stat(path) === null) return null;
  try {
    const database = await platform.openDatabase(path, { readOnly: true });
    try {
      const [row] = database.prepare("PRAGMA integrity_check(1)").all();
      const said = String(row?.["integrity_check"] ?? "ok");
      return said === "ok" ? null : said.split("\n").at(-1) ?? said;
    } finally {
      database.close();
    }
  } catch (error) {
    if (codeOf(error) === "database_damaged") return errorText(error);
    throw error;
  }
}

async function examineEvents(
  { platform }: DoctorContext,
  files: FilesFinding,
): Promise<readonly Check[]> {
  if (!files.settings || !files.credentials) {
    return [info("queue", "events not counted: the settings or the credentials cannot be read")];
  }
  const { path } = await queueOwner(platform);
  const counts = await readQueueCounts(platform, path);
  if (counts === null || counts.total === 0) return [fine("queue", "no events wait")];
  const { pending, parked, withoutProject, oldestAt } = counts;
  const age = oldestAt === null ? 0 : Math.max(0, platform.clock.now() - oldestAt);
  const details = {
    pending,
    parked,
    without_project: withoutProject,
    oldest_at: oldestAt === null ? null : isoTime(oldestAt),
  };
  const limit = await loadSettings(platform).maxQueueSize();
  const words = pending === 0
    ? "no events wait"
    : `${plural(pending, "event")} queued, oldest ${span(age)}`;
  const waiting = age > STALE_QUEUE_MS || pending > limit
    ? warning("queue", words, "run `tracker events flush`", details)
    : fine("queue", words, details);
  if (parked === 0) return [waiting];
  return [
    waiting,
    warning(
      "parked events",
      `${plural(parked, "event")} parked after too many refusals`,
      "look at them with `tracker events list --parked`, then run `tracker events retry`",
      { parked },
    ),
  ];
}

/** Examines the background daemon: does it run, and is it of this version. Starts nothing. */
export async function examineDaemon({ platform }: DoctorContext): Promise<readonly Check[]> {
  const status = await daemonStatus(platform);
  switch (status.kind) {
    case "stopped":
      return [info("daemon", "the background daemon is not running; a sync starts it when it may")];
    case "starting":
      return [info("daemon", `the background daemon is about to run (pid ${status.pid})`)];
    case "failed":
      return [warning(
        "daemon",
        `the background daemon did not start: ${status.reason}`,
        "run `tracker daemon start`, which tells why",
        { pid: status.pid, reason: status.reason },
      )];
    case "unknown":
      return [info(
        "daemon",
        `it is not known whether the background daemon (pid ${status.facts.pid}) runs: ${status.reason}`,
        { ...status.facts, reason: status.reason },
      )];
    case "stale":
      return [info(
        "daemon",
        `the background daemon is not running; what it left behind is replaced at its next start`,
        { ...status.facts },
      )];
    case "running": {
      const { pid, version } = status.facts;
      if (version !== VERSION) {
        return [warning(
          "daemon",
          `the background daemon (pid ${pid}) is of version ${version}, not ${VERSION}`,
          "run `tracker daemon stop`; the next sync starts the new one",
          { ...status.facts },
        )];
      }
      const different = mismatchOf(status.facts, await servingNow(platform));
      if (different !== null) {
        return [warning(
          "daemon",
          `the background daemon (pid ${pid}) works for another ${different} than this shell`,
          "run `tracker daemon start`, which replaces it",
          { ...status.facts },
        )];
      }
      return [fine("daemon", `the background daemon runs (pid ${pid})`, {
        ...status.facts,
        ...status.health,
      })];
    }
  }
}
