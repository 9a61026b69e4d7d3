/** A program of the tests, running as a process of its own. */
export interface Child {
  readonly pid: number;
  /** Waits until it has written a line, and answers that line. */
  line(): Promise<string>;
  /** Writes a line to its standard input. */
  send(text: string): Promise<void>;
  /** Ends it at once, as a crash or the kernel does, and waits for its end. */
  kill(): Promise<void>;
  /** Waits for its own end and answers its exit code. */
  end(): Promise<number>;
}

/** Starts a TypeScript program with all permissions. */
export function startProgram(program: URL, args: readonly string[] = []): Child {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", program.href, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = child.stdin.getWriter();
  let text = "";
  const drain = async () => {
    await writer.close().catch(() => {});
    await reader.cancel().catch(() => {});
    return await child.status;
  };
  return {
    pid: child.pid,
    async line() {
      while (!text.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The program ended after "${text}"`);
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
    async send(line) {
      await writer.write(new TextEncoder().encode(`${line}\n`));
    },
    async kill() {
      child.kill("SIGKILL");
      await drain();
    },
    async end() {
      return (await drain()).code;
    },
  };
}
