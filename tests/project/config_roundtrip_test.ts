import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { clearBinding, loadBinding, NO_BINDING, saveBinding } from "../../src/project/config.ts";
import { configPath } from "../../src/project/config_file.ts";
import { loadIdentity } from "../../src/project/identity.ts";
import { parseYamlFile } from "../../src/project/yaml_document.ts";
import { testPlatform } from "../support/platform.ts";

/** A config in three parts, so that the test knows what is not ours without asking the code under test. */
interface Parts {
  readonly before: string;
  readonly tracker: string;
  readonly after: string;
}

const OTHER_SECTIONS = [
  (key: string) => `${key}: plain text # with a comment\n`,
  (key: string) => `${key}:   'single'   \n`,
  (key: string) => `"${key}": "a \\u00e9 #no comment"\n`,
  (key: string) =>
    `${key}:\n     deep:\n       deeper: [1,   2, {x: y}] # odd\n     list:\n     - a\n     -   b\n`,
  (key: string) => `${key}: {flow: 1, list: [a,\n   b], # inside\n  last: ~ }\n`,
  (key: string) => `${key}: |\n   a block\n     text: with\n   # no comment\n\n`,
  (key: string) => `${key}: >-\n  folded\n\n  text\n`,
  (key: string) => `${key}: |+\n  kept\n\n\n`,
  (key: string) => `${key}: several words\n  over two lines\n`,
  (key: string) => `${key}: &${key}_anchor {shared: true}\n${key}_use: *${key}_anchor\n`,
  (key: string) => `${key}: &${key}_base\n  a: 1\n${key}_merged:\n  <<: *${key}_base\n  b: 2\n`,
  (key: string) => `${key}: !custom tagged\n`,
  (key: string) => `? ${key}\n: explicit\n`,
  (key: string) => `${key}:\n`,
  (key: string) => `${key}: 0x1F\n${key}_date: 2026-01-02\n${key}_octal: 0o7\n`,
  (key: string) => `${key}: "${"long ".repeat(40)}"\n`,
];

const section = (key: string) =>
  fc.tuple(
    fc.constantFrom("", "\n", "# a comment\n", "\n\n#no space: [ { '\n"),
    fc.constantFrom(...OTHER_SECTIONS),
  ).map(([lead, make]) => lead + make(key));

const trackerSection = fc.tuple(
  fc.constantFrom(2, 3, 4, 8),
  fc.uniqueArray(
    fc.constantFrom(
      "provider: jira",
      'provider:   "linear"  # chosen',
      "binding_ref: 'srm_old'",
      "project_slug: web # legacy",
      "display_label: >-\n@@Old\n@@label",
      "provider_context: {team_name: Old,  extra: [1, 2]}",
      "provider_context:\n@@team_name: Old\n@@nested:\n@@- 1",
      "workspace: null",
      "doctrine:\n@@mode: split_ownership # why\n@@field_owners: {title: shared}",
      "unknown: &t [kept,   as it is]",
      "future:\n@@deep: {er: 1}\n",
      "# only a comment",
    ),
    { selector: (line) => line.split(":")[0], minLength: 1, maxLength: 8 },
  ),
).map(([indent, lines]) => {
  const pad = " ".repeat(indent);
  const body = lines.map((line) => `${pad}${line.replaceAll("@@", pad + pad)}\n`).join("");
  return `tracker:\n${body}`;
});

const tracker = fc.oneof(
  trackerSection,
  fc.constantFrom(
    "",
    "",
    "tracker:\n",
    "tracker: # nothing yet\n",
    "tracker: {}\n",
    "tracker: {provider: jira, project_slug: 'web', unknown: [a,b] }\n",
    '"tracker": {"provider": "jira",\n  "project_slug": "web", # x\n  }\n',
  ),
);

const project = fc.constantFrom(
  "",
  "project:\n    slug: mine # kept\n    uuid: 550e8400-e29b-41d4-a716-446655440000\n",
  "project:\n  uuid: 550e8400-e29b-41d4-a716-446655440000\n  slug: s\n  node_id: 'a1b2c3d4e5f6'\n  build_id: b\n  owner: me\n",
);

const config: fc.Arbitrary<Parts> = fc.record({
  head: fc.constantFrom(
    "",
    "\uFEFF",
    "# head\n",
    "---\n",
    "%YAML 1.2\n---\n# doc\n",
    "\uFEFF# bom\n",
  ),
  first: fc.array(fc.nat(3), { maxLength: 3 }).chain((list) =>
    fc.tuple(...list.map((_, index) => section(`first${index}`)))
  ),
  project,
  tracker,
  last: fc.array(fc.nat(3), { maxLength: 3 }).chain((list) =>
    fc.tuple(...list.map((_, index) => section(`last${index}`)))
  ),
  tail: fc.constantFrom("", "", "# tail\n", "\n\n", "...\n", "... # end\n# after\n"),
  finalNewline: fc.boolean(),
  windows: fc.boolean(),
}).map((parts) => {
  let before = parts.head + parts.first.join("") + parts.project;
  let section = parts.tracker;
  let after = parts.last.join("") + parts.tail;
  if (!parts.finalNewline) {
    if (after !== "") after = after.replace(/\n$/, "");
    else if (section !== "") section = section.replace(/\n$/, "");
    else before = before.replace(/\n$/, "");
  }
  const ends = (text: string) => parts.windows ? text.replaceAll("\n", "\r\n") : text;
  return { before: ends(before), tracker: ends(section), after: ends(after) };
}).filter(({ before, tracker, after }) => {
  try {
    parseYamlFile("generated", before + tracker + after);
    return true;
  } catch {
    return false;
  }
});

const label = fc.oneof(
  fc.constantFrom("Web app (WEB)", "no", "1e3", "#5", "a: b", "Ünï \u{1F600}", "- x", " blank "),
  fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
);

const binding = fc.record({
  provider: fc.constantFrom("linear", "jira", "github", "gitlab"),
  bindingRef: label,
  displayLabel: label,
  providerContext: fc.dictionary(label, fc.oneof(label, fc.integer(), fc.constant(null)), {
    maxKeys: 3,
    noNullPrototype: true,
  }).filter((context) => !Object.hasOwn(context, "<<")),
});

async function withConfig(
  text: string,
  test: (machine: ReturnType<typeof testPlatform>, read: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "tracker-config-" });
  try {
    await Deno.mkdir(`${home}/.kittify`);
    await Deno.writeTextFile(configPath(home), text);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    await test(
      testPlatform(home),
      async () => decoder.decode(await Deno.readFile(configPath(home))),
    );
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** What is not ours, found again at both ends of the file. */
function assertSurrounded(text: string, { before, tracker, after }: Parts): void {
  const cut = tracker === "" ? before + after : null;
  if (cut === null) {
    assert.ok(
      text.startsWith(before.replace(/\r?\n$/, "")),
      `start kept of ${JSON.stringify(text)}`,
    );
    assert.ok(text.endsWith(after), `end kept of ${JSON.stringify(text)}`);
    return;
  }
  const added = text.length - cut.length;
  const place = Array.from({ length: cut.length + 1 }, (_, at) => at)
    .find((at) => text.slice(0, at) + text.slice(at + added) === cut);
  assert.notEqual(place, undefined, `one insertion into ${JSON.stringify(cut)}`);
}

Deno.test("any config survives load, bind, upgrade and unbind with everything else unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(config, binding, binding, async (parts, first, second) => {
      const original = parts.before + parts.tracker + parts.after;
      await withConfig(original, async (machine, read) => {
        const root = machine.home;
        const loaded = await loadBinding(machine, root);
        assert.equal(await read(), original);
        assert.deepEqual(await saveBinding(machine, root, loaded), loaded);
        assert.equal(await read(), original, "saving what is there writes nothing");

        for (const change of [first, second]) {
          const saved = await saveBinding(machine, root, change);
          const text = await read();
          assertSurrounded(text, parts);
          assert.deepEqual(await loadBinding(machine, root), saved);
          assert.deepEqual({ ...saved, ...change }, saved);
          assert.equal(saved.projectSlug, loaded.projectSlug);
          for (const kept of ["unknown", "future"]) {
            const was = trackerKey(original, kept);
            assert.deepEqual(trackerKey(text, kept), was);
          }
        }

        await clearBinding(machine, root);
        const text = await read();
        assertSurrounded(text, parts);
        assert.deepEqual(await loadBinding(machine, root), NO_BINDING);
        if (parts.tracker === "") assert.equal(text, original, "bind and unbind leave no trace");
      });
    }),
    { numRuns: 150 },
  );
});

Deno.test("any config gets its missing identity with everything else unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(config, async (parts) => {
      const original = parts.before + parts.tracker + parts.after;
      await withConfig(original, async (machine, read) => {
        const made = await loadIdentity(machine, machine.home);
        assert.equal(made.persisted, true);
        const text = await read();
        const { project: _before, ...rest } = parseYamlFile("before", original).data;
        const { project: _after, ...restAfter } = parseYamlFile("after", text).data;
        assert.deepEqual(restAfter, rest);
        // Every old character is still there, in order; only whole new lines came in.
        assert.equal(text.startsWith("\uFEFF"), original.startsWith("\uFEFF"));
        const lines = text.replace("\uFEFF", "").split("\n");
        let at = 0;
        for (const line of original.replace("\uFEFF", "").split("\n")) {
          const found = lines.findIndex((candidate, index) =>
            index >= at && candidate.replace(/\r$/, "") === line.replace(/\r$/, "")
          );
          assert.notEqual(found, -1, `line ${JSON.stringify(line)}`);
          at = found + 1;
        }
        assert.deepEqual(await loadIdentity(machine, machine.home), made);
        assert.equal(await read(), text);
      });
    }),
    { numRuns: 100 },
  );
});

function trackerKey(text: string, key: string): unknown {
  const { tracker } = parseYamlFile("read", text).data;
  return typeof tracker === "object" && tracker !== null
    ? Object.entries(tracker).find(([name]) => name === key)?.[1]
    : undefined;
}
