/** One thing that a page tells its reader to do at a shell. */
export interface Step {
  /** Line of the page, from 1. */
  readonly line: number;
  /**
   * `console`: a command and what it prints. `background`: a command that goes on, and what it prints at
   * first. `script`: commands whose output the page does not show. `hidden`: a script in a comment. `file`: writes a
   * file that the page shows.
   */
  readonly kind: "console" | "background" | "script" | "hidden" | "file";
  readonly command: string;
  /** What the page says it prints; `null` when the page does not say. */
  readonly expected: readonly string[] | null;
  /** The exit code the page says it has; `null` when the page shows it in the next command. */
  readonly exitCode: number | null;
}

/** What a page holds for its run. */
export interface Page {
  readonly steps: readonly Step[];
  /** What has to stand beside it: without a PostgreSQL server that it asks for, it is not run at all. */
  readonly needs: ReadonlySet<string>;
  /** Blocks that should be marked otherwise, as `line: fault`. */
  readonly faults: readonly string[];
}

/** What CI runs as a step of its own: the commands with which the README opens. */
const OF_CI = /^npx -y deno@[\d.]+ task [a-z]+$/;

/** The name of a file in the working directory. */
const FILE_NAME = /^[a-z][a-z_-]*\.[a-z]+$/;

const NEEDS = /^<!-- docs needs: ([a-z]+) -->$/gm;

/** A fenced block, or a comment that begins with `docs:`. */
interface Block {
  /** Line of its first content line, from 1. */
  readonly line: number;
  readonly info: string;
  readonly lines: readonly string[];
  readonly hidden: boolean;
}

/**
 * The steps of a page, in its order:
 *
 * - a `console` block: lines that begin with `$ ` are commands, `> ` goes on with one, the rest is output.
 *   `console exit=1` says the exit code of its last command, `console background` leaves its last
 *   command running;
 * - an `sh` block: a script that prints what it likes and in which nothing fails; `sh no-run: reason` is not run;
 * - a block in any language after which a file is named, such as `ts pull.ts`: written to that file, where the shell is;
 * - a comment `<!-- docs: … -->`: a script that only the run sees.
 *
 * A line `<!-- docs needs: postgresql -->` asks for a server at 127.0.0.1:5432, of which `psql` is an administrator.
 * A line `<!-- docs needs: github -->` asks for a stand-in of GitHub at 127.0.0.1:8788, one with `linear` for one of
 * Linear at 127.0.0.1:8789, with `gitlab` for one of GitLab at 127.0.0.1:8790, and with `jira` for one of Jira at
 * 127.0.0.1:8791.
 */
export function stepsOf(page: string): Page {
  const steps: Step[] = [];
  const faults: string[] = [];
  for (const block of blocksOf(page)) {
    const [language, ...words] = block.info.split(/\s+/);
    const info = words.join(" ");
    if (block.hidden) {
      steps.push(script(block, "hidden"));
    } else if (FILE_NAME.test(info)) {
      steps.push({ ...script(block, "file"), command: writing(info, block.lines) });
    } else if (language === "console") {
      steps.push(...consoleSteps(block, info));
    } else if (language === "sh") {
      if (info === "" && !OF_CI.test(block.lines.join("\n"))) steps.push(script(block, "script"));
      else if (info !== "" && !/^no-run: \S/.test(info)) {
        faults.push(`${block.line}: "${info}" says no reason: write "sh no-run: reason"`);
      }
    } else if (["bash", "shell", "zsh", "text sh"].includes(language ?? "")) {
      faults.push(`${block.line}: a "${language}" block is not run: use "sh" or "console"`);
    }
  }
  return {
    steps,
    faults,
    needs: new Set([...page.matchAll(NEEDS)].map((found) => found[1] ?? "")),
  };
}

/** The command that writes the lines of a block to a file. */
function writing(name: string, lines: readonly string[]): string {
  return [`cat >${name} <<'END OF ${name}'`, ...lines, `END OF ${name}`].join("\n");
}

function script(block: Block, kind: "script" | "hidden" | "file"): Step {
  const command = block.lines.join("\n");
  return { line: block.line, kind, command, expected: null, exitCode: 0 };
}

function consoleSteps(block: Block, info: string): Step[] {
  const steps: { line: number; command: string[]; expected: string[] }[] = [];
  block.lines.forEach((text, index) => {
    const current = steps.at(-1);
    if (text.startsWith("$ ")) {
      steps.push({ line: block.line + index, command: [text.slice(2)], expected: [] });
    } else if (text.startsWith("> ") && current !== undefined && current.expected.length === 0) {
      current.command.push(text.slice(2));
    } else current?.expected.push(text);
  });
  const exit = Number(/\bexit=(\d+)\b/.exec(info)?.[1] ?? 0);
  return steps.map(({ line, command, expected }, index) => ({
    line,
    kind: info === "background" && index === steps.length - 1 ? "background" : "console",
    command: command.join("\n"),
    expected,
    exitCode: index === steps.length - 1
      ? exit
      : steps[index + 1]?.command[0] === "echo $?"
      ? null
      : 0,
  }));
}

function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const text = lines[at] ?? "";
    const fence = /^(\s*)(```+)(.*)$/.exec(text);
    const comment = /^<!-- docs:(.*)$/.exec(text);
    if (fence === null && comment === null) continue;
    const [indent, mark] = [fence?.[1] ?? "", fence?.[2] ?? "-->"];
    const oneLine = /^(.*)-->\s*$/.exec(comment?.[1] ?? "");
    const first = at + 1;
    const content: string[] = [];
    if (oneLine !== null) content.push((oneLine[1] ?? "").trim());
    else if ((comment?.[1] ?? "").trim() !== "") content.push((comment?.[1] ?? "").trim());
    while (oneLine === null && ++at < lines.length && lines[at]?.trim() !== mark) {
      const line = lines[at] ?? "";
      content.push(line.startsWith(indent) ? line.slice(indent.length) : line);
    }
    blocks.push({
      line: oneLine === null ? first + 1 : first,
      info: (fence?.[3] ?? "").trim(),
      lines: content,
      hidden: comment !== null,
    });
  }
  return blocks;
}

/**
 * Where what a command printed differs from what the page says, in words; `null` when it does not. In the page
 * `…` stands for anything within a line, and a line `...` for any number of lines.
 */
export function difference(expected: readonly string[], actual: readonly string[]): string | null {
  const want = trimmed(expected);
  const got = trimmed(actual);
  const fits = matches(want, got);
  if (fits.whole) return null;
  const shown = (line: string | undefined) => line === undefined ? "the end" : `"${line}"`;
  return `the page says ${shown(want[fits.furthest.want])}, it printed ${
    shown(got[fits.furthest.got])
  }`;
}

interface Fit {
  readonly whole: boolean;
  /** The pair of lines at which the longest attempt ended. */
  readonly furthest: { want: number; got: number };
}

function matches(want: readonly string[], got: readonly string[]): Fit {
  const furthest = { want: 0, got: 0 };
  const tried = new Set<string>();
  const from = (w: number, g: number): boolean => {
    const key = `${w} ${g}`;
    if (tried.has(key)) return false;
    tried.add(key);
    if (w + g > furthest.want + furthest.got) Object.assign(furthest, { want: w, got: g });
    if (w === want.length) return g === got.length;
    if (want[w] === "...") return from(w + 1, g) || (g < got.length && from(w, g + 1));
    return g < got.length && lineMatches(want[w] ?? "", got[g] ?? "") && from(w + 1, g + 1);
  };
  return { whole: from(0, 0), furthest };
}

function lineMatches(want: string, got: string): boolean {
  const parts = want.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "u").test(got);
}

function trimmed(lines: readonly string[]): string[] {
  const ends = lines.map((line) => line.trimEnd());
  while (ends.at(-1) === "") ends.pop();
  while (ends[0] === "") ends.shift();
  return ends;
}
