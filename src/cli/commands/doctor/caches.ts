import { join } from "../../../platform/paths.ts";
import { errorText, TrackerError } from "../../../platform/tracker_error.ts";
import { IssueStore } from "../../../store/issue_store.ts";
import { stranded } from "../../../tracker/kept_states.ts";
import { userPaths } from "../../../user/paths.ts";
import { adviceFor, wordsOf } from "../../services/stranded.ts";
import { plural } from "../../terminal/format.ts";
import { type DoctorContext, shellWord, shownPath } from "./doctor_context.ts";
import { type Check, failed, fine, info, warning } from "../../services/report.ts";

/** Examines the issue caches: can each be opened, and is it whole. */
export async function examineCaches({ platform }: DoctorContext): Promise<readonly Check[]> {
  const { trackers } = userPaths(platform);
  const names = (await platform.files.list(trackers))
    .filter((entry) => entry.kind === "file" && entry.name.endsWith(".db"))
    .map((entry) => entry.name);
  if (names.length === 0) return [info("issue caches", "no issues are cached yet")];
  const damaged: Check[] = [];
  for (const name of names) {
    const path = join(trackers, name);
    const fault = await faultOf(platform, path);
    if (fault === null) continue;
    damaged.push(failed(
      "issue caches",
      `the issue cache ${shownPath(platform, path)} is damaged: ${fault.text}`,
      fault.nextAction ??
        `run \`mv ${shellWord(platform, path)} ${shellWord(platform, `${path}.damaged`)}\`, ` +
          "then `tracker sync pull --all`",
      { path },
    ));
  }
  const left = (await stranded(platform)).map((state) =>
    warning("issue caches", wordsOf(state), adviceFor(state), {
      ...state.place,
      id: state.id,
      path: state.path,
      standing: state.standing,
      ...state.content,
    })
  );
  if (damaged.length > 0) return [...damaged, ...left];
  const whole = names.length === 1 ? "is whole" : "are whole";
  return [fine("issue caches", `${plural(names.length, "issue cache")} ${whole}`), ...left];
}

async function faultOf(
  platform: DoctorContext["platform"],
  path: string,
): Promise<{ readonly text: string; readonly nextAction: string | null } | null> {
  try {
    const store = await IssueStore.openForReading(platform, path);
    if (store === null) return null;
    using open = store;
    const [first] = open.check();
    return first === undefined ? null : { text: first, nextAction: null };
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
    // A newer version is no damage: updating helps, moving the file away does not.
    const newer = error instanceof TrackerError && error.code === "database_newer";
    return { text: errorText(error), nextAction: newer ? error.nextAction : null };
  }
}
