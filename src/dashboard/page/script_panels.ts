/** Syncs, conflicts and mappings. */
export const PANELS_SCRIPT: string = String.raw`
const OUTCOME = { ok: ["Went well", "green"], partial: ["In part", "amber"], failed: ["Failed", "red"] };

function drawPanels({ cache, binding }) {
  draw("syncs", cache?.syncs ?? [], (syncs) => syncs.length === 0
    ? empty("No sync yet.")
    : el("ul", { class: "syncs" }, syncs.map(syncItem)));
  draw("conflicts", cache?.conflicts ?? [], (conflicts) => conflicts.length === 0
    ? empty("No conflicts.")
    : el("ul", { class: "conflicts" }, conflicts.map(conflictItem)));
  draw("mappings", [cache?.mappings ?? [], binding?.kind ?? null], ([mappings, kind]) => {
    if (mappings.length > 0) return table("Mappings", [["Work package", "key"], ["Issue", "key"], ["Tracker", ""]], mappings.map(mappingRow), "mappings");
    if (kind === "hosted") return empty("Kept at the host.", rich("${"`tracker map list`"} shows them."));
    return empty("No work package is mapped.");
  });
}

function syncItem({ kind, outcome, started_at, finished_at, facts }) {
  const [label, tone] = OUTCOME[outcome];
  const seconds = (Date.parse(finished_at) - Date.parse(started_at)) / 1000;
  const took = seconds < 1 ? "under a second" : plural(Math.round(seconds), "second");
  const name = { pull: "Pull", push: "Push", run: "Full sync" }[kind];
  return el("li", null,
    el("div", { class: "line" }, el("strong", null, name), chip(tone, label), el("span", { class: "time" }, when(finished_at))),
    el("p", { class: "facts" }, (facts.length === 0 ? "nothing changed" : facts.join(", ")) + " · " + took));
}

function conflictItem({ issue, handle, field, ours, theirs, taken, detected_at }) {
  const words = { ours: "ours taken", theirs: "theirs taken", agreed: "both agree", base: "value from before taken", both: "both taken", edited: "ours edited since" };
  return el("li", null,
    el("div", { class: "line" }, el("strong", { class: "mono" }, issueButton(issue, handle)), el("span", null, remote(field)),
      taken === null ? chip("amber", "open") : chip("faint", words[taken]),
      el("span", { class: "time" }, when(detected_at))),
    sides({ ours, theirs }));
}

function mappingRow({ work_package, issue, system, handle, link }) {
  return [
    remote(work_package),
    issueButton(issue, handle),
    link === null ? system : [system + ", ", outward(link.host, link)],
  ];
}
`;
