import { until } from "./until.ts";
import { programUnderTest, type World } from "./world.ts";

/** A real terminal that a command runs in. */
export interface Screen {
  /** Presses keys, by the names of tmux. */
  press(...keys: string[]): Promise<void>;
  /** What is on the screen, once it is as wanted. */
  showing(wanted: RegExp): Promise<string>;
  /** The exit code, once the command has ended. */
  ended(): Promise<number>;
  /** What the command has named its window. */
  title(): Promise<string>;
}

/** How large the screen is, and what the command runs with. */
export interface ScreenOptions {
  readonly columns: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Whether programs are there; says which is not. */
export function areThere(...programs: readonly string[]): boolean {
  const missing = programs.filter((name) => {
    if (Deno.build.os === "windows") return true;
    return !new Deno.Command("sh", { args: ["-c", `command -v ${name}`] }).outputSync().success;
  });
  if (missing.length > 0) console.log(`    skipped: ${missing.join(", ")} not installed`);
  return missing.length === 0;
}

/** Runs a command in tmux, which must be there, as the user of a world. With colours, unless said otherwise. */
export async function onScreen(
  world: World,
  args: readonly string[],
  { columns, rows = 24, env = {} }: ScreenOptions,
  test: (screen: Screen) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tmux-" });
  await Deno.writeTextFile(`${directory}/conf`, "set -g remain-on-exit on\nset -g status off\n");
  const tmux = async (...words: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-u", "-S", `${directory}/socket`, "-f", `${directory}/conf`, ...words],
      env: { ...world.env, LC_ALL: "C.UTF-8", TERM: "xterm-256color" },
      clearEnv: true,
    }).output();
    if (!success) throw new Error(`tmux ${words[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
  const told = async (format: string) =>
    (await tmux("display-message", "-p", `#{${format}}`)).trimEnd();
  const size = ["-x", String(columns), "-y", String(rows)];
  // What tmux says of itself, such as `TERM`, comes before what it was started with.
  const variables = Object.entries({ NO_COLOR: "", ...env }).map(([name, value]) =>
    `${name}=${value}`
  );
  const program = ["env", ...variables, ...programUnderTest(), ...args];
  await tmux("new-session", "-d", ...size, "-c", world.project, ...program);
  try {
    await test({
      press: async (...keys) => void await tmux("send-keys", ...keys),
      showing: (wanted) =>
        until(async () => {
          const text = await tmux("capture-pane", "-p");
          return wanted.test(text) ? text : null;
        }),
      ended: () =>
        until(async () =>
          await told("pane_dead") === "1" ? Number(await told("pane_dead_status")) : null
        ),
      title: () => told("pane_title"),
    });
  } finally {
    await tmux("kill-server");
    await Deno.remove(directory, { recursive: true });
  }
}
