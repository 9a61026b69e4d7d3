import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { displayWidth } from "../../../src/cli/terminal/table.ts";
import { sanitize, sanitizeLines } from "../../../src/cli/terminal/sanitize.ts";
import { run } from "../../../src/cli/main.ts";
import { parsePushItems } from "../../../src/contract/push.ts";
import { parseErrorEnvelope } from "../../../src/contract/errors.ts";
import { hostUrlFault, normalizeHostUrl } from "../../../src/user/host_url.ts";
import { aRef } from "../../contract/samples.ts";
import { type FuzzMachine, fuzzMachine } from "../machine.ts";
import { mutatedJson, mutatedText, ODD_VALUE } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";

const TEXTS: readonly string[] = [
  "plain \u001b[31mred\u001b[0m text",
  "\u001b]0;title\u0007 \u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\",
  "\u009b2J\u0090q\u009c\u001bP1$r\u001b\\ \u202egpj.exe \u2066x\u2069",
  "two\r\nlines\twide \u{1F468}\u200d\u{1F469} 漢字 e\u0301",
];

// Controls and characters that reorder or hide text; joiners stay where they join.
const UNSAFE = /[\p{Cc}\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/u;

/** Texts of others on their way to the terminal. */
export const sanitizedText: Target = target({
  name: "sanitized-text",
  input: fc.oneof(mutatedText(TEXTS), fc.string({ unit: "binary" })),
  open: () => Promise.resolve(null),
  close: () => Promise.resolve(),
  attempt(text) {
    assert.equal(UNSAFE.test(sanitize(text)), false);
    assert.equal(UNSAFE.test(sanitizeLines(text).replace(/[\n\t]/g, "")), false);
    assert.ok(displayWidth(text) >= 0);
    return Promise.resolve();
  },
});

const URLS: readonly string[] = [
  "https://tracker.example/base//",
  "https://ada:SECRETMARKER@tracker.example",
  "http://127.0.0.1:8080",
  "http://[::1]:80/",
  "HTTPS://TRACKER.example:443?x#y",
];

/** Host URLs, as a person or a variable gives them. */
export const hostUrls: Target = target({
  name: "host-urls",
  input: mutatedText(URLS),
  open: () => Promise.resolve(null),
  close: () => Promise.resolve(),
  async attempt(text) {
    const fault = hostUrlFault(text);
    const done = await onPurpose(() => normalizeHostUrl(text));
    assert.equal(done.ok, fault === null);
    if (!done.ok) return;
    assert.equal(normalizeHostUrl(done.value), done.value, "it is canonical");
    const url = new URL(done.value);
    assert.equal(url.username + url.password + url.search + url.hash, "");
    const loopback = ["127.", "localhost", "[::1]"].some((name) => url.hostname.startsWith(name));
    assert.ok(url.protocol === "https:" || loopback);
  },
});

const ITEMS: readonly unknown[] = [
  [
    { ref: aRef(), action: "update", patch: { title: "T", labels: ["x"], parent_ref: aRef() } },
    { ref: aRef(), action: "transition", target_status: "done" },
    { ref: aRef({ id: "new" }), action: "create", patch: { title: "N" } },
  ],
];

/** Items files, and envelopes in the same breath. */
export const pushItems: Target = target({
  name: "push-items",
  input: fc.oneof(mutatedJson(ITEMS), ODD_VALUE),
  open: () => Promise.resolve(null),
  close: () => Promise.resolve(),
  attempt(value) {
    const parsed = parsePushItems(value);
    if (!parsed.ok) assert.ok(parsed.faults.length > 0);
    parseErrorEnvelope(value);
    return Promise.resolve();
  },
});

const WORDS: readonly string[] = [
  ..."auth login logout status token config get set unset list bind unbind discover providers"
    .split(" "),
  ..."sync pull push run wait publish conflicts map add issue show search create edit".split(" "),
  ..."mission start bind-origin events export retry flush daemon doctor completion man help".split(
    " ",
  ),
  ..."--json --help --version --verbose --no-input --yes --quiet --limit --all --dry-run".split(
    " ",
  ),
  ..."--repo . .. /nowhere --items-json items.json --color never always --status todo --title"
    .split(" "),
  ..."-p linear jira beads fp nonsense --provider --select 1 0 -1 1e9 --bind-ref srm_1 --host"
    .split(" "),
  ..."https://tracker.example http://x sync.server_url sync.max_queue_size bash zsh WEB-1".split(
    " ",
  ),
  ..."--credential command=nowhere command= =x --workspace w --external-id 1 --wp-id WP01".split(
    " ",
  ),
  "--",
  "-",
  "",
  " ",
  "--limit=",
  "--=x",
  "-pjq",
  "\u0000",
  "a\u0000b",
  "\u001b]0;owned\u0007",
  "../../etc",
  "x".repeat(5000),
  "\ufeff",
  "__proto__",
];

// The own escapes: colour, and the line that shows progress.
const OWN_ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[(?:\\d{1,2}m|2K)|\r`, "g");

/** Not to be run here: they serve, wait, or start processes. */
const ENDLESS = /\b(dashboard|host serve|daemon (run|start)|host user|login)\b/;

/** The command line. */
export const commandLine: Target = target({
  name: "command-line",
  input: fc.record({
    words: fc.array(
      fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...WORDS) }, {
        weight: 1,
        arbitrary: fc.string({ unit: "binary" }),
      }),
      { maxLength: 6 },
    ),
    gate: fc.boolean(),
    stdin: fc.constantFrom("", "1\n", "[]", "\u0000\n", "{"),
  }),
  async open() {
    const machine = await fuzzMachine({
      env: { SPEC_KITTY_SAAS_URL: "https://tracker.example", TRACKER_TOKEN: "t" },
      answer: () => Promise.resolve(new Response("<html>", { status: 502 })),
      process: () =>
        Promise.resolve({ code: 1, stdout: new Uint8Array(), stderr: new Uint8Array() }),
    });
    await Deno.mkdir(`${machine.home}/.kittify`);
    return machine;
  },
  close: (machine) => machine.remove(),
  async attempt({ words, gate, stdin }, machine) {
    if (ENDLESS.test(words.join(" "))) return;
    machine.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", gate ? "1" : "0");
    const config = `${machine.home}/.kittify/config.yaml`;
    await Deno.writeTextFile(config, BOUND).catch(() => {});
    const { code, stdout, stderr } = await told(machine, words, stdin);
    assert.ok([0, 1, 2, 130].includes(code), `exit code ${code}`);
    assert.equal(/Something unexpected|"code":"internal"/.test(stderr), false, stderr);
    const plain = (stdout + stderr).replaceAll(OWN_ESCAPES, "");
    assert.equal(/[^\P{Cc}\n\t]/u.test(plain), false, JSON.stringify(plain));
  },
});

const BOUND = "tracker:\n  provider: linear\n  binding_ref: srm_1\n";

async function told(machine: FuzzMachine, words: readonly string[], stdin: string) {
  const written = { stdout: "", stderr: "" };
  let input = stdin;
  const take = () => {
    const all = input;
    input = "";
    return Promise.resolve(all === "" ? null : all.replace(/\n$/, ""));
  };
  const stream = (name: "stdout" | "stderr") => ({
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    write: (text: string) => void (written[name] += text),
    writeBytes: (bytes: Uint8Array) => void (written[name] += new TextDecoder().decode(bytes)),
  });
  const code = await run(words, {
    ...machine,
    terminal: {
      stdin: {
        isTerminal: false,
        readLine: take,
        readSecret: take,
        withKeys: (work) => work(take),
        readAll: async () => await take() ?? "",
        readBytes: async () => new TextEncoder().encode(await take() ?? ""),
      },
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      log: { write: () => {}, dropped: () => 0, flush: () => Promise.resolve() },
    },
  });
  return { code, ...written };
}
