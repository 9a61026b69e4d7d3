import assert from "node:assert/strict";
import type {
  BindableResource,
  BindCandidate,
  ResolutionResult,
} from "../../src/contract/discovery.ts";
import { discoveredResources, orderedCandidates } from "../../src/client/binding_positions.ts";

function resource(label: string, more: Partial<BindableResource> = {}): BindableResource {
  return {
    candidate_token: `list_${label}`,
    display_label: label,
    provider: "linear",
    provider_context: {},
    binding_ref: null,
    bound_project_slug: null,
    bound_at: null,
    ...more,
  };
}

function candidate(label: string, position: number, more: object = {}): BindCandidate {
  return {
    candidate_token: `resolve_${label}_${position}`,
    display_label: label,
    confidence: "low",
    match_reason: "same installation",
    sort_position: position,
    ...more,
  };
}

function resolution(candidates: readonly BindCandidate[]): ResolutionResult {
  return {
    match_type: "candidates",
    candidate_token: null,
    binding_ref: null,
    candidates,
    display_label: null,
  };
}

/** Number and context of each row, `null` where the resource is not known. */
function rows(resources: readonly BindableResource[], answer: ResolutionResult | null) {
  return discoveredResources(resources, answer).map(({ select, label, resource }) => [
    select,
    label,
    resource?.provider_context["workspace"] ?? null,
  ]);
}

for (
  const [name, positions] of [
    ["gaps", [1, 4, 6]],
    ["repeats", [0, 0, 0]],
    ["a start at one", [1, 2, 3]],
  ] as const
) {
  Deno.test(`positions with ${name} are numbered 0, 1, 2 in their order`, () => {
    const candidates = positions.map((position, index) => candidate(`R${index}`, position));
    const ordered = orderedCandidates(resolution(candidates));
    assert.deepEqual(ordered.map(({ sort_position }) => sort_position), [0, 1, 2]);
    assert.deepEqual(ordered.map(({ display_label }) => display_label), ["R0", "R1", "R2"]);
  });
}

Deno.test("candidates out of order are ordered by position before they are numbered", () => {
  const ordered = orderedCandidates(resolution([candidate("B", 7), candidate("A", 2)]));
  assert.deepEqual(ordered.map(({ display_label }) => display_label), ["A", "B"]);
});

Deno.test("a resource gets the number of the candidate with its label", () => {
  assert.deepEqual(
    rows([resource("A"), resource("B")], resolution([candidate("B", 0), candidate("A", 1)])),
    [[1, "B", null], [2, "A", null]],
  );
});

const TWINS = [
  resource("Web", { candidate_token: "t1", provider_context: { workspace: "Acme" } }),
  resource("Web", { candidate_token: "t2", provider_context: { workspace: "Umbrella" } }),
];

Deno.test("two resources of one label are joined by their tokens", () => {
  const answer = resolution([
    candidate("Web", 0, { candidate_token: "t2" }),
    candidate("Web", 1, { candidate_token: "t1" }),
  ]);
  assert.deepEqual(rows(TWINS, answer), [[1, "Web", "Umbrella"], [2, "Web", "Acme"]]);
});

Deno.test("two resources of one label are joined by the context beside the candidates", () => {
  const answer = resolution([
    candidate("Web", 0, { provider_context: { workspace: "Umbrella" } }),
    candidate("Web", 1, { provider_context: { workspace: "Acme" } }),
  ]);
  assert.deepEqual(rows(TWINS, answer), [[1, "Web", "Umbrella"], [2, "Web", "Acme"]]);
});

Deno.test("two resources of one label that nothing tells apart have numbers without a workspace", () => {
  const answer = resolution([candidate("Web", 0), candidate("Web", 1)]);
  assert.deepEqual(rows(TWINS, answer), [[1, "Web", null], [2, "Web", null]]);
});

Deno.test("a sure match is joined by its reference, not by its label", () => {
  const bound = resource("Web", { binding_ref: "srm_1", provider_context: { workspace: "Acme" } });
  const answer: ResolutionResult = {
    ...resolution([]),
    match_type: "exact",
    binding_ref: "srm_1",
    display_label: "Renamed",
  };
  assert.deepEqual(rows([TWINS[1] ?? bound, bound], answer), [
    [1, "Web", "Acme"],
    [null, "Web", "Umbrella"],
  ]);
});

Deno.test("resources that resolving does not offer follow without a number", () => {
  assert.deepEqual(
    rows([resource("A"), resource("B")], resolution([candidate("B", 3)])),
    [[1, "B", null], [null, "A", null]],
  );
});

Deno.test("without a resolution every resource is listed, none has a number", () => {
  assert.deepEqual(rows([resource("A"), resource("B")], null), [
    [null, "A", null],
    [null, "B", null],
  ]);
});
