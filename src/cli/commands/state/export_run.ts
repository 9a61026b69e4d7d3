import { basename, dirname, resolveFrom } from "../../../platform/paths.ts";
import type { Platform } from "../../../platform/platform.ts";
import { errorText, TrackerError } from "../../../platform/tracker_error.ts";
import type { KeptState } from "../../../store/kept_state.ts";
import { storedState } from "../../../store/stored_state.ts";
import type { Context } from "../../command/context.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { plural } from "../../terminal/format.ts";
import { fileMissing } from "../../services/input_file.ts";
import { allKept } from "../../../tracker/kept_states.ts";
import { namedState, placeJson } from "./kept.ts";

/**
 * Writes what this machine keeps to a new, private file. What cannot be read hinders nothing else: it is in the file
 * with its fault, and named, with exit code 1.
 */
export async function run(
  { platform, globals, output }: Context,
  { file, id }: { readonly file: string; readonly id: string | undefined },
): Promise<number> {
  const path = resolveFrom(platform.system.cwd(), file);
  await requireFree(platform, path);
  const all = await allKept(platform);
  const chosen = id === undefined ? all : [namedState(all, id)];
  const states: Record<string, unknown>[] = [];
  const unread: string[] = [];
  for (const state of chosen) {
    const { content, fault } = await contentOf(platform, state);
    if (fault !== null) unread.push(state.id);
    states.push({
      id: state.id,
      kind: state.kind,
      standing: state.standing,
      ...placeJson(state),
      path: state.path,
      fault,
      ...content,
    });
  }
  const document = {
    schema: 1,
    exported_at: new Date(platform.clock.now()).toISOString(),
    states,
  };
  await platform.files.writeAtomic(path, `${JSON.stringify(document, null, 2)}\n`, {
    mode: 0o600,
    forceMode: true,
    within: dirname(path),
  });
  if (globals.json) output.json({ file: path, states: states.length, unread });
  else {
    output.result(text`${DONE} ${plural(states.length, "cache")} written to ${path}.`);
    for (const id of unread) output.warning(text`${ATTENTION} ${id} cannot be read.`);
  }
  return unread.length === 0 ? 0 : 1;
}

async function contentOf(
  platform: Platform,
  state: KeptState,
): Promise<{ readonly content: object; readonly fault: string | null }> {
  if (state.kind === "damaged") return { content: {}, fault: state.fault };
  try {
    return { content: await storedState(platform, state.path), fault: null };
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
    return { content: {}, fault: errorText(error) };
  }
}

/** What is there may be a link, or something that is still needed. */
async function requireFree({ files }: Platform, path: string): Promise<void> {
  const name = basename(path);
  const directory = dirname(path);
  if (await files.stat(directory) === null) throw fileMissing(directory, "directory");
  if (!(await files.list(directory)).some((entry) => entry.name === name)) return;
  throw new TrackerError({
    code: "file_exists",
    message: `"${path}" is there already`,
    nextAction: "Name a file that is not there yet.",
    details: { path },
  });
}
