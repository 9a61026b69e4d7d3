import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type Section, sectionIn, withoutSection, withSection } from "./agent_section.ts";

/** A coding agent that a guide can be written for. */
export type Agent = keyof typeof AGENT_FILES;

/** The file of the project that each agent reads, with `/` between its parts. */
const AGENT_FILES = {
  claude: "CLAUDE.md",
  codex: "AGENTS.md",
  cursor: ".cursor/rules/tracker.mdc",
  generic: "AGENTS.md",
} as const;

/** What Cursor wants at the start of a file of rules that it always reads. */
const CURSOR_HEAD =
  "---\ndescription: Issues and missions with tracker\nalwaysApply: true\n---\n\n";

/** Where the guide goes. */
export interface AgentFilesContext {
  readonly files: Platform["files"];
  /** The project's root. */
  readonly root: string;
}

/** What became of the file of an agent. */
export interface InstalledGuide {
  /** Its path from the root. */
  readonly file: string;
  /** `kept`: it had the same guide. */
  readonly outcome: "installed" | "kept";
}

/** Instructions of a project are short; what is longer is no such file. */
const MAX_BYTES = 1_048_576;

/**
 * Writes a guide between marks into the file that an agent reads, in the place of the guide that is there; all else in
 * the file stays, byte for byte.
 *
 * @throws {TrackerError} `agent_file_unreadable`, `leaves_project`.
 */
export async function installGuide(
  { files, root }: AgentFilesContext,
  agent: Agent,
  guide: string,
): Promise<InstalledGuide> {
  const file = AGENT_FILES[agent];
  const before = await contentOf(files, root, file);
  const after = withSection(before, guide, headOf(file));
  if (after === before.text) return { file, outcome: "kept" };
  await files.writeAtomic(join(root, file), after, { within: root });
  return { file, outcome: "installed" };
}

/**
 * Takes the guide out of every file that has it, and removes a file that was written for it alone. Returns the paths of
 * these files from the root. Changes nothing where one of them cannot be read.
 *
 * @throws {TrackerError} `agent_file_unreadable`, `leaves_project`.
 */
export async function removeGuides({ files, root }: AgentFilesContext): Promise<readonly string[]> {
  const found = [];
  for (const file of new Set(Object.values(AGENT_FILES))) {
    const { text, section } = await contentOf(files, root, file);
    if (text !== null && section !== null) found.push({ file, text, section });
  }
  for (const { file, text, section } of found) {
    const left = withoutSection(text, section);
    const path = join(root, file);
    if (section.isAlone && left === headOf(file)) await files.remove(path, { within: root });
    else await files.writeAtomic(path, left, { within: root });
  }
  return found.map(({ file }) => file);
}

function headOf(file: string): string {
  return file === AGENT_FILES.cursor ? CURSOR_HEAD : "";
}

async function contentOf(
  files: Platform["files"],
  root: string,
  file: string,
): Promise<{ readonly text: string | null; readonly section: Section | null }> {
  const bytes = await files.readBytes(join(root, file), { maxBytes: MAX_BYTES });
  if (bytes === null) return { text: null, section: null };
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable(file, "it is not UTF-8 text");
  }
  const section = sectionIn(text);
  if (section === "damaged") {
    throw unreadable(file, "the marks of `tracker agent install` in it are not one pair");
  }
  return { text, section };
}

function unreadable(file: string, why: string): TrackerError {
  return new TrackerError({
    code: "agent_file_unreadable",
    message: `Cannot change "${file}": ${why}`,
    nextAction: "Correct the file, then try again. Nothing was changed.",
    details: { file },
  });
}
