import assert from "node:assert/strict";

const PROGRAM = new URL("./programs/terminal.ts", import.meta.url).href;
const RUN = ["run", "-A", "--no-check", "--quiet", PROGRAM];

/** Runs the program with `input` piped in, and answers its standard output. */
async function piped(mode: string, input: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN, mode],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const [output] = await Promise.all([
    child.output(),
    writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input)
      .then(() => writer.close()),
  ]);
  assert.equal(output.code, 0);
  return new TextDecoder().decode(output.stdout);
}

Deno.test("Lines are read one by one, with either line end, and without one at the end", async () => {
  assert.equal(await piped("echo", "a\r\n\nGrüße 漢\nlast"), "[a][][Grüße 漢][last]");
  assert.equal(await piped("echo", ""), "");
});

Deno.test("A long input is read whole, however it is cut into chunks", async () => {
  const long = "é漢".repeat(100_000);
  assert.equal(await piped("echo", `${long}\nshort\n`), `[${long}][short]`);
});

Deno.test("The rest after a line is read as one text", async () => {
  assert.equal(await piped("rest", "one\ntwo\nthree"), 'first=one rest="two\\nthree"');
});

Deno.test("A text in another encoding is refused as a whole, and is no fault of single lines", async () => {
  const latin = new Uint8Array([0x61, 0x0a, 0x47, 0x72, 0xf6, 0xdf, 0x65]);
  assert.equal(await piped("rest", latin), "first=a not_utf8");
  assert.equal(await piped("echo", latin), "[a][Gr\ufffd\ufffde]");
});

Deno.test("An input that is too long for a command, or never ends, is refused and not collected", async () => {
  assert.equal(
    await piped("rest", `one\n${"x".repeat(32 * 1024 * 1024 + 1)}`),
    "first=one input_too_large",
  );
  const endless = new Deno.Command("sh", {
    args: ["-c", 'exec "$@" < /dev/zero', "sh", Deno.execPath(), ...RUN, "line"],
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  });
  if (Deno.build.os === "windows") return;
  const { stdout } = await endless.output();
  assert.equal(new TextDecoder().decode(stdout), "input_line_too_long");
});

Deno.test("Pipes are not terminals, and are 80 columns wide and 24 lines high", async () => {
  assert.equal(await piped("facts", ""), "false false 80 24");
});

Deno.test("A reader that has gone ends the writing, not the program", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN, "flood"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.ok((await reader.read()).value);
  await reader.cancel();
  assert.equal(await new Response(child.stderr).text(), "done\n");
  assert.equal((await child.status).code, 0);
});

/** Types `keys` at the program once it has shown `prompt`, on a terminal made by `script`. */
async function typed(mode: string, prompt: string, keys: string): Promise<string | null> {
  if (Deno.build.os !== "linux") return null;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("script", {
      args: ["-qfec", [Deno.execPath(), ...RUN, mode].join(" "), "/dev/null"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(30_000),
    }).spawn();
  } catch {
    return null;
  }
  const writer = child.stdin.getWriter();
  let text = "";
  let isTyped = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (isTyped || !text.includes(prompt)) continue;
    isTyped = true;
    await writer.write(new TextEncoder().encode(keys));
  }
  await writer.close().catch(() => {});
  await child.status;
  return text;
}

Deno.test("A secret ends with Enter, can be corrected, and is not shown", async () => {
  const shown = await typed("secret", "Password: ", "wrong\x15hunx\x7fter2\r");
  if (shown === null) return console.log("    skipped: cannot make a terminal here");
  assert.equal(shown, 'Password: got="hunter2"\r\n');
});

Deno.test("A secret that is not typed is none", async () => {
  const shown = await typed("secret", "Password: ", "\x04");
  if (shown === null) return console.log("    skipped: cannot make a terminal here");
  assert.equal(shown, "Password: got=null\r\n");
});

Deno.test("A secret is given up at once, and the terminal shows what is typed again", async () => {
  const shown = await typed("'interrupted secret'", "Password: ", "abc\x03");
  if (shown === null) return console.log("    skipped: cannot make a terminal here");
  assert.equal(shown, "Password: got=given up\r\nshown again\r\n");
});

Deno.test("A terminal says so, and how large it is", async () => {
  const shown = await typed("facts", "no prompt", "");
  if (shown === null) return console.log("    skipped: cannot make a terminal here");
  assert.match(shown, /^true true \d+ \d+$/);
});
