/**
 * A stand-in for `bd`: keeps its own state below `.beads/` of the working directory and behaves like the
 * tool where that matters to a caller, awkward parts included. Nothing is imported but its own parts, so that it starts fast.
 */
import { behaviour, Failure, load, readJson, save, stateFile } from "./bd_state.ts";
import { VERBS } from "./bd_verbs.ts";

const args = [...Deno.args];

function wrapped(answer: unknown): unknown {
  switch (behaviour.envelope) {
    case "data":
      return { schema_version: 1, data: answer };
    case "items":
      return Array.isArray(answer) ? { schema_version: 1, items: answer } : answer;
    case "inline":
      return Array.isArray(answer) ? answer : { ...Object(answer), schema_version: 1 };
    case "nested":
      return Array.isArray(answer) ? { schema_version: 1, data: { items: answer } } : answer;
    default:
      return answer;
  }
}

function print(answer: unknown): void {
  let text = JSON.stringify(wrapped(answer), null, 2);
  if (behaviour.rawControls === true) {
    text = text.replace(/\\(?:[^ntru]|n|t|r|u00[01][0-9a-f])/g, rawControl);
  }
  write(Deno.stdout, `${behaviour.noise ?? ""}${text}\n`);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function main(): number {
  if (args[0] === "--version" || args[0] === "version") {
    write(Deno.stdout, `bd version ${behaviour.version ?? "1.0.0"} (stand-in)\n`);
    return 0;
  }
  if (args[0] === "init") {
    Deno.mkdirSync(".beads", { recursive: true });
    save(readJson<[]>(stateFile, []));
    return 0;
  }
  if (args[0] === "where" || args[0] === "context") return where(args[0]);
  const line = args.join(" ");
  let holdsDatabase = false;
  try {
    load();
    Deno.writeTextFileSync(".beads/calls.jsonl", `${JSON.stringify(args)}\n`, { append: true });
    if (args[1] === "--help") {
      const guards = behaviour.version === "1.3.0"
        ? "      --if-assignee string   …\n      --if-status string     …\n"
        : "";
      write(Deno.stdout, `Usage:\n  bd ${args[0]} [id...] [flags]\n\nFlags:\n${guards}`);
      return 0;
    }
    while (behaviour.hang === true) wait(1_000);
    // One program at a time: another that comes in between is turned away and left in the record.
    for (let waited = 0; !holdsDatabase; waited += 5) {
      if (takeDatabase()) {
        holdsDatabase = true;
        break;
      }
      if (waited < (behaviour.lockWaitMs ?? 0)) {
        wait(5);
        continue;
      }
      Deno.writeTextFileSync(".beads/collisions", `${line}\n`, { append: true });
      throw new Failure("database is locked by another process", "stderr");
    }
    if (behaviour.slowMs !== undefined) wait(behaviour.slowMs);
    const failure = behaviour.fail?.find(({ match }) => new RegExp(match).test(line));
    if (failure !== undefined) {
      throw new Failure(failure.message, failure.stream ?? "stdout", failure.prose !== true);
    }
    somebodyElse(line);
    const verb = VERBS[args[0] ?? ""];
    if (verb === undefined) {
      throw new Failure(`Error: unknown command "${args[0]}"`, "stderr", false);
    }
    const answer = verb(args.slice(1));
    if (behaviour.dieAfter !== undefined && new RegExp(behaviour.dieAfter).test(line)) {
      Deno.removeSync(".beads/busy");
      Deno.kill(Deno.pid, "SIGKILL");
      wait(10_000);
    }
    if (behaviour.answer !== undefined) write(Deno.stdout, behaviour.answer);
    else print(answer);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const text = error.json
      ? JSON.stringify(wrapped({ error: error.message }), null, 2)
      : error.message;
    write(error.stream === "stdout" ? Deno.stdout : Deno.stderr, `${text}\n`);
    return error.code;
  } finally {
    if (holdsDatabase) releaseDatabase();
  }
}

/** Says which database it is, and counts how often it was asked. */
function where(verb: string): number {
  try {
    load();
    Deno.writeTextFileSync(".beads/where.jsonl", `${JSON.stringify(args)}\n`, { append: true });
    if (behaviour.where === null || (behaviour.where === "context" && verb === "where")) {
      throw new Failure(`Error: unknown command "${verb}" for "bd"`, "stderr", false);
    }
    const path = typeof behaviour.where === "string" && behaviour.where !== "context"
      ? behaviour.where
      : `${Deno.cwd()}/.beads`;
    print(verb === "where" ? { path, database_path: `${path}/db` } : { beads_dir: path });
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const text = error.json ? JSON.stringify({ error: error.message }) : error.message;
    write(error.stream === "stdout" ? Deno.stdout : Deno.stderr, `${text}\n`);
    return 1;
  }
}

function somebodyElse(line: string): void {
  const { match, id, changes = [] } = behaviour.meanwhile ?? {};
  const [next, ...left] = changes;
  if (match === undefined || next === undefined || !new RegExp(match).test(line)) return;
  save(load().map((issue) => issue.id === id ? { ...issue, ...next } : issue));
  const after = { ...behaviour, meanwhile: { match, id, changes: left } };
  Deno.writeTextFileSync(".beads/behaviour.json", JSON.stringify(after));
}

function takeDatabase(): boolean {
  try {
    Deno.mkdirSync(".beads/busy");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

function releaseDatabase(): void {
  try {
    Deno.removeSync(".beads/busy");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The control character an escape stands for; any other escape stays as it is. */
function rawControl(escape: string): string {
  return /^.(n|t|r|u)/.test(escape) ? JSON.parse(`"${escape}"`) : escape;
}

Deno.exit(main());
