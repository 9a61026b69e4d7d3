import assert from "node:assert/strict";
import * as v from "valibot";
import * as api from "../mod.ts";
import { run } from "../scripts/run.ts";
import { matchesSnapshot } from "./support/snapshot.ts";

Deno.test("the library offers the gate, readiness, binding and the service behind a binding", () => {
  const promised = [
    ...[api.isHostedSyncEnabled, api.evaluateReadiness, api.discoverResources],
    ...[api.findCandidateByPosition, api.bindProject, api.unbindProject, api.openBackend],
  ];
  for (const offered of promised) assert.equal(typeof offered, "function");
});

Deno.test("the library offers missions and the tickets they start from", () => {
  const promised = [
    ...[api.createMission, api.searchOriginCandidates],
    ...[api.bindMissionOrigin, api.startMissionFromTicket],
  ];
  for (const offered of promised) assert.equal(typeof offered, "function");
});

Deno.test("what the library shows is what was reviewed, and no more", async () => {
  await matchesSnapshot("library.txt", await shown());
});

Deno.test("every type the library names is shown by it, and every name and member has words", async () => {
  const { code, output } = await run(["doc", "--lint", "mod.ts"], {}, "captured");
  assert.equal(code, 0, `see deno doc --lint mod.ts\n${output}`);
});

Deno.test("a candidate is found by its number, wherever it stands", () => {
  const candidate: api.BindCandidate = {
    candidate_token: "ct",
    display_label: "Website (SITE)",
    confidence: "high",
    match_reason: "same slug",
    sort_position: 1,
  };
  assert.equal(api.findCandidateByPosition([candidate], 2), candidate);
  assert.equal(api.findCandidateByPosition([candidate], 1), null);
});

const NamedSchema = v.array(v.object({ name: v.string() }));

const DocumentationSchema = v.object({
  nodes: v.record(
    v.string(),
    v.object({
      symbols: v.array(v.object({
        name: v.string(),
        declarations: v.array(v.object({
          kind: v.string(),
          def: v.optional(v.object({
            methods: v.optional(NamedSchema, []),
            properties: v.optional(NamedSchema, []),
          })),
        })),
      })),
    }),
  ),
});

/** Returns a line for each name the library shows: what it is, and its members. */
async function shown(): Promise<string> {
  const { output } = await run(["doc", "--json", "mod.ts"], {}, "captured");
  const { nodes } = v.parse(DocumentationSchema, JSON.parse(output));
  const symbols = Object.values(nodes).flatMap((module) => module.symbols);
  const lines = symbols.flatMap(({ name, declarations }) =>
    declarations.map(({ kind, def }) => {
      const members = [...def?.properties ?? [], ...def?.methods ?? []].map((one) => one.name);
      return [kind, name, ...members.length === 0 ? [] : [`{ ${members.join(", ")} }`]].join(" ");
    })
  );
  return `${lines.sort().join("\n")}\n`;
}
