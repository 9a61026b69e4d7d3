import { fileURLToPath } from "node:url";

/** A stand-in for a tool, set up in a directory of its own. */
export interface StandIn {
  /** The executable. */
  readonly command: string;
  /** The directory it is set up in. */
  readonly cwd: string;
  /** What the tool holds, as it stores it. */
  issues(): Record<string, unknown>[];
  /** Replaces what the tool holds. */
  setIssues(issues: readonly unknown[]): void;
  /** Changes fields of one issue, nothing else. */
  change(id: string, fields: Record<string, unknown>): void;
  /** Makes the tool behave in some way; see the stand-in's own list. */
  behave(behaviour: Record<string, unknown>): void;
  /** Argument vectors of all calls so far. */
  calls(): string[][];
  /** How often it was asked which database it uses. */
  asked(): number;
  /** Whether two programs ever used the database at once. */
  hadCollision(): boolean;
}

/** Sets a stand-in up below `directory`, which must exist. */
export function installStandIn(directory: string, tool: "bd" | "fp"): StandIn {
  const cwd = `${directory}/${tool}-workspace`;
  const state = `${cwd}/.${tool === "bd" ? "beads" : "fp"}`;
  Deno.mkdirSync(state, { recursive: true });
  const command = writeWrapper(`${directory}/bin`, tool);
  const read = (name: string): string => {
    try {
      return Deno.readTextFileSync(`${state}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  };
  const standIn: StandIn = {
    command,
    cwd,
    issues: () => JSON.parse(read("state.json")),
    setIssues(issues) {
      Deno.writeTextFileSync(`${state}/state.json`, JSON.stringify(issues));
    },
    change(id, fields) {
      const issues = standIn.issues();
      standIn.setIssues(
        issues.map((issue) => issue["id"] === id ? { ...issue, ...fields } : issue),
      );
    },
    behave(behaviour) {
      Deno.writeTextFileSync(`${state}/behaviour.json`, JSON.stringify(behaviour));
    },
    calls: () =>
      read("calls.jsonl").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)),
    asked: () => read("where.jsonl").split("\n").filter((line) => line !== "").length,
    hadCollision: () => read("collisions") !== "",
  };
  standIn.setIssues([]);
  return standIn;
}

function writeWrapper(directory: string, tool: string): string {
  Deno.mkdirSync(directory, { recursive: true });
  const script = fileURLToPath(new URL(`./${tool}.ts`, import.meta.url));
  const run = `"${Deno.execPath()}" run -A --no-config --no-check --no-remote "${script}"`;
  if (Deno.build.os === "windows") {
    const path = `${directory}/${tool}.cmd`;
    Deno.writeTextFileSync(path, `@${run} %*\r\n`);
    return path;
  }
  const path = `${directory}/${tool}`;
  Deno.writeTextFileSync(path, `#!/bin/sh\nexec ${run} "$@"\n`, { mode: 0o755 });
  return path;
}
