import assert from "node:assert/strict";
import { clearBinding, loadBinding, saveBinding } from "../../../src/project/config.ts";
import { loadIdentity } from "../../../src/project/identity.ts";
import { parseYamlFile } from "../../../src/project/yaml_document.ts";
import { bytesOf, fuzzMachine } from "../machine.ts";
import { mutated } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";

const SEEDS: readonly string[] = [
  `# the project
project:
  uuid: 550e8400-e29b-41d4-a716-446655440000
  slug: my-project             # kebab
  node_id: a1b2c3d4e5f6
  build_id: 6fa459ea-ee8a-4ca4-894e-db77e160355e
tracker:
  provider: linear
  binding_ref: srm_01HXYZ
  display_label: "My Project (LINEAR-123)"
  provider_context: {team_name: Engineering, workspace_name: Acme Corp}
  workspace: null
  doctrine:
    mode: external_authoritative
    field_owners: {}
agents: [a, b]
`,
  `tracker: {provider: beads, workspace: web, doctrine: {mode: split_ownership, field_owners: {title: local}}}\n`,
  `base: &base\n  provider: jira\n  project_slug: web\ntracker:\n  <<: *base\n  binding_ref: 'srm ''1'''\n`,
  `\ufeff# only a comment\r\nother: |\r\n  text\r\n   more\r\ntracker:\r\n  provider: github\r\n`,
  `a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\ntracker:\n  provider: ~\n`,
  `{"tracker": {"provider": "gitlab", "binding_ref": "srm_2"}, "x": [1, 2]}\n`,
];

const CHANGES = {
  provider: "linear",
  bindingRef: "srm_new",
  displayLabel: 'A: "label" #1',
  providerContext: { team: "Core: #1", empty: "" },
} as const;

/** The project's config: read, bound, unbound, given an identity. */
export const projectConfig: Target = target({
  name: "project-config",
  input: mutated(SEEDS),
  open: () => fuzzMachine(),
  close: (machine) => machine.remove(),
  async attempt(bytes, machine) {
    const root = machine.home;
    const path = `${root}/.kittify/config.yaml`;
    await Deno.mkdir(`${root}/.kittify`, { recursive: true });
    const restore = () => Deno.writeFile(path, bytes);
    await restore();
    const loaded = await onPurpose(() => loadBinding(machine, root));
    const before = await onPurpose(() => parsed(path));

    const edits: readonly (() => Promise<unknown>)[] = [
      () => saveBinding(machine, root, CHANGES),
      () => clearBinding(machine, root),
      () => loadIdentity(machine, root),
    ];
    for (const edit of edits) {
      await restore();
      const edited = await onPurpose(edit);
      if (!before.ok || !edited.ok) {
        assert.deepEqual(await bytesOf(path), bytes, "a file that cannot be used is left alone");
        continue;
      }
      const after = await parsed(path);
      for (const key of Object.keys(before.value)) {
        if (key === "tracker" || key === "project") continue;
        assert.deepEqual(after[key], before.value[key], `\`${key}\` was not named`);
      }
    }
    if (!loaded.ok) return;
    await restore();
    const saved = await onPurpose(() => saveBinding(machine, root, CHANGES));
    if (!saved.ok) return;
    const again = await loadBinding(machine, root);
    assert.equal(again.bindingRef, CHANGES.bindingRef);
    assert.equal(again.displayLabel, CHANGES.displayLabel);
    assert.deepEqual({ ...again.providerContext }, { ...CHANGES.providerContext });
  },
});

async function parsed(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await Deno.readFile(path));
  return parseYamlFile(path, text).data;
}
