import { partFrontMatter } from "./front_matter.ts";
import type { WorkPackage } from "./work_package.ts";

/** The longest title that is sent: trackers take 255 characters. */
const MAX_TITLE = 200;

/** The longest objective that is sent; the file holds the rest. */
const MAX_OBJECTIVE = 8_000;

/** Returns the title of a package's ticket. */
export function ticketTitle({ wpId, title }: Pick<WorkPackage, "wpId" | "title">): string {
  const plain = title.replace(/\s+/g, " ").trim();
  const whole = plain === "" || plain === wpId ? wpId : `${wpId} ${plain}`;
  const characters = [...whole];
  return characters.length <= MAX_TITLE
    ? whole
    : `${characters.slice(0, MAX_TITLE - 1).join("").trimEnd()}…`;
}

/** What the body of a ticket is made of. */
export interface BodyParts {
  /** The text of the package's file; `null` where it cannot be read. */
  readonly text: string | null;
  /** The path of the file from the top of the repository. */
  readonly path: string;
  /** The address of the file; `null` where the repository has none. */
  readonly url: string | null;
  /** The name of the mission's directory. */
  readonly mission: string;
}

/** Returns the body of a package's ticket: its objective, the file it stands in, and its mission. */
export function ticketBody({ text, path, url, mission }: BodyParts): string {
  const objective = text === null ? "" : objectiveOf(text);
  const file = url === null ? code(path) : `[${path.replace(/[[\]\\]/g, "\\$&")}](${url})`;
  const source = `Work package of the mission ${code(mission)}: ${file}`;
  return objective === "" ? source : `${objective}\n\n---\n\n${source}`;
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "")}\``;
}

/** Headings that an objective stands below. */
const OBJECTIVE = /^(#{1,4})[ \t]+(?:\S+[ \t]+)?(?:objectives?|goals?|purpose|summary)\b.*$/im;

/** Returns the objective of a work package: what stands below the heading of that name, else its first paragraph. */
export function objectiveOf(text: string): string {
  const body = withoutComments(partFrontMatter(text).body).replaceAll("\r\n", "\n");
  const heading = OBJECTIVE.exec(body);
  const found = heading === null
    ? firstParagraph(body)
    : section(body.slice(heading.index + heading[0].length), heading[1]?.length ?? 1);
  return shortened(found.trim());
}

/** Up to the next heading of the same level or a higher one. */
function section(text: string, level: number): string {
  const end = new RegExp(`^#{1,${level}}[ \\t]`, "m").exec(text);
  const whole = end === null ? text : text.slice(0, end.index);
  const lines = whole.trimEnd().split("\n");
  return lines.length > 1 && lines.at(-1)?.trim() === "---" ? lines.slice(0, -1).join("\n") : whole;
}

/** A comment without its end is none. Takes one look at each character, however many comments have no end. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf("<!--", from);
    const end = start < 0 ? -1 : text.indexOf("-->", start + 4);
    if (end < 0) return kept.join("") + text.slice(from);
    kept.push(text.slice(from, start));
    from = end + 3;
  }
}

function firstParagraph(body: string): string {
  return body.split(/\n[ \t]*\n/).map((paragraph) => paragraph.trim())
    .find((paragraph) => paragraph !== "" && !/^(#|---|\*\*\*|>|\|)/.test(paragraph)) ?? "";
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_OBJECTIVE
    ? text
    : `${characters.slice(0, MAX_OBJECTIVE - 1).join("").trimEnd()}…`;
}

/** Servers whose pages show a file of the branch that a repository shows first below `/blob/HEAD/`. */
const BLOB_PATHS: readonly { readonly host: RegExp; readonly path: string }[] = [
  { host: /(^|\.)gitlab\./i, path: "/-/blob/HEAD/" },
  { host: /(^|\.)github\./i, path: "/blob/HEAD/" },
];

/**
 * Returns the address of a file of the repository at a server that is known to show files; `null` for any other. `origin`
 * is the address of the remote.
 */
export function fileUrl(origin: string | null, path: string): string | null {
  const parts = origin === null ? null : serverOf(origin);
  if (parts === null) return null;
  const known = BLOB_PATHS.find(({ host }) => host.test(parts.host));
  if (known === undefined) return null;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `https://${parts.host}/${parts.repository}${known.path}${encoded}`;
}

function serverOf(origin: string) {
  const found = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(origin) ??
    /^(?:[^/@]*@)?([^/:]+):(?!\/\/)(.+)$/.exec(origin);
  const host = found?.[1];
  const path = found?.[2]?.replace(/\/+$/, "").replace(/\.git$/, "");
  if (host === undefined || path === undefined || !/^[\w.~-]+(\/[\w.~-]+)+$/.test(path)) {
    return null;
  }
  return { host: host.toLowerCase(), repository: path };
}
