/** Syncs, conflicts, work packages and mappings. */
export const PANELS_SCRIPT: string = String.raw`
const OUTCOME = { ok: ["Went well", "green"], partial: ["In part", "amber"], failed: ["Failed", "red"] };

function drawPanels({ cache, binding, packages }) {
  byId("packages-panel").hidden = packages === null;
  draw("packages", packages, (found) => found === null ? "" : packageList(found));
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
  const words = { ours: "ours taken", theirs: "theirs taken", agreed: "both agree", base: "value from before taken", both: "both taken", edited: "ours edited since", dropped: "dropped with its issue" };
  return el("li", null,
    el("div", { class: "line" }, el("strong", { class: "mono" }, issueButton(issue, handle)), el("span", null, remote(field)),
      taken === null ? chip("amber", "open") : chip("faint", words[taken]), handle === null ? chip("faint", "issue not here") : "",
      el("span", { class: "time" }, when(detected_at))),
    sides({ ours, theirs }));
}

function packageList({ total, missions, lanes, differing, more }) {
  const rest = more === 0 ? null : el("p", { class: "facts" }, plural(more, "more ticket") + " " + (more === 1 ? "differs" : "differ") + ".");
  return el("div", null,
    el("p", { class: "facts" }, plural(total, "work package") + (missions === 1 ? "" : " in " + plural(missions, "mission"))),
    el("ul", { class: "packages" },
      lanes.map(({ lane, count }) => el("li", null,
        el("div", { class: "line" }, el("span", null, remote(lane)), el("span", { class: "time" }, number(count))))),
      differing.map(differingItem)),
    rest);
}

function differingItem({ mission, work_package, title, lane, issue, handle, status }) {
  return el("li", null,
    el("div", { class: "line" }, el("strong", { class: "mono" }, issueButton(issue, handle)), el("span", null, work_package + " ", remote(title)), chip("amber", "differs")),
    el("p", { class: "facts" }, remote(mission), ": lane ", remote(lane), ", ticket " + status.replaceAll("_", " ")));
}

function mappingRow({ work_package, issue, system, handle, link }) {
  return [
    remote(work_package),
    issueButton(issue, handle),
    link === null ? system : [system + ", ", outward(link.host, link)],
  ];
}
`;
