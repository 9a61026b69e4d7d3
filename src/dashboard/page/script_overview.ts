/** The top of the page: names, notices, tiles. */
export const OVERVIEW_SCRIPT: string = String.raw`
function drawTop(state) {
  const { project, binding, version } = state;
  draw("project", project?.name ?? "No project here", (name) => remote(name));
  document.title = (binding?.label ?? project?.name ?? "No project") + " · tracker";
  draw("binding", { binding, project }, () => {
    if (binding !== null) {
      return [
        el("span", { class: "bound" }, "Bound to ", el("strong", null, remote(binding.label))),
        binding.provider === null ? null : el("span", { class: "provider" }, binding.provider),
      ];
    }
    if (project === null) return rich("Start ${"`tracker dashboard`"} in a project to see its issues.");
    return rich("Not bound to a tracker yet. Bind it with ${"`tracker bind`"}.");
  });
  draw("where", { project, version }, () => "tracker " + version + (project === null ? "" : " · " + project.root));
}

function notice(tone, title, text, next) {
  return el("div", { class: "notice " + tone },
    el("div", null,
      title === "" ? null : el("p", { class: "notice-title" }, title),
      text === "" ? null : el("p", null, rich(text)),
      next === null ? null : el("p", { class: "next" }, rich(next))));
}

function drawNotices(state) {
  const list = state.problems.map(({ part, message, next_action }) =>
    ["bad", part + " could not be read", message, next_action]);
  const { readiness, cache } = state;
  if (readiness !== null && readiness.state !== "ready") {
    list.push(["warn", "", readiness.message, readiness.next_action]);
  }
  const conflicts = cache?.open_conflicts ?? 0;
  if (conflicts > 0) {
    list.push(["warn", "", plural(conflicts, "conflict") + (conflicts === 1 ? " waits" : " wait") + " for your decision.",
      state.binding?.kind === "local" ? "Settle with ${"`tracker sync conflicts`"}." : null]);
  }
  byId("notices").hidden = list.length === 0;
  draw("notices", list, () => list.map((one) => notice(...one)));
}

function tile(name, value, detail, tone) {
  return el("div", { class: "tile " + (tone ?? "") },
    el("dt", null, name),
    el("dd", { class: "value" }, value),
    el("dd", { class: "detail" }, detail));
}

function drawTiles({ cache, queue, daemon, binding }) {
  const isEditedHere = queue === null || binding?.kind === "local";
  draw("tiles", { cache, queue, daemon, isEditedHere }, () => [
    issuesTile(cache),
    lastSyncTile(cache),
    isEditedHere ? changesTile(cache) : null,
    queue === null ? null : queueTile(queue),
    daemon === null ? null : daemonTile(daemon),
  ]);
}

function issuesTile(cache) {
  if (cache === null) return tile("Open issues", "–", "nothing cached yet");
  return tile("Open issues", number(cache.counts.open), "of " + number(cache.counts.total) + " cached");
}

function changesTile(cache) {
  const pending = cache?.to_push ?? 0;
  const staying = cache?.stay_here ?? 0;
  const words = pending > 0 ? "issues changed here" : staying > 0 ? "nothing to push" : "no local changes";
  const kept = staying === 0 ? "" : " · " + number(staying) + " with edits that the tracker cannot take";
  return tile("Waiting to be pushed", number(pending), words + kept);
}

function lastSyncTile(cache) {
  const last = cache?.syncs[0];
  if (last === undefined) return tile("Last sync", "Never", rich("run ${"`tracker sync pull`"}"));
  const kind = { pull: "pull", push: "push", run: "full sync" }[last.kind];
  const words = { ok: kind + " went well", partial: kind + ", some items failed", failed: kind + " failed" };
  return tile("Last sync", when(last.finished_at), words[last.outcome], { ok: "", partial: "warn", failed: "bad" }[last.outcome]);
}

function queueTile({ pending, parked, without_project, oldest_at }) {
  const details = [
    oldest_at === null ? null : [el("span", null, "oldest queued ", when(oldest_at))],
    parked === 0 ? null : [el("span", null, number(parked) + " parked: the host refused them")],
    without_project === 0 ? null : [el("span", null, number(without_project) + " without a project")],
  ].filter((part) => part !== null).flatMap((part, i) => i === 0 ? part : [" · ", ...part]);
  return tile("Events waiting", pending === 0 ? "None" : number(pending),
    details.length === 0 ? "everything is uploaded" : details, parked > 0 ? "warn" : "");
}

function daemonTile({ state, pid, started_at, policy }) {
  const manual = policy === "manual" ? "manual mode" : null;
  if (state === "running") {
    return tile("Background sync", "Running", ["pid " + pid + ", since ", when(started_at)], "good");
  }
  if (state === "stale") return tile("Background sync", "Not running", "process " + pid + " left its state behind", "warn");
  return tile("Background sync", "Not running", manual ?? "starts with the next sync");
}
`;
