/** Missions that start from issues of the real `bd`. */
import assert from "node:assert/strict";
import { startMissionFromTicket } from "../../src/missions/start_mission.ts";
import { searchOriginCandidates } from "../../src/missions/search_origin.ts";
import { takeTicket } from "../../src/missions/take_ticket.ts";
import { listMissions } from "../../src/missions/missions.ts";
import { bindMissionOrigin } from "../../src/missions/bind_origin.ts";
import { recordedEvents } from "../missions/support.ts";
import { realBd } from "./real_bd.ts";

realBd(
  "a mission starts from an issue of bd: its text is quoted, the issue is claimed, nothing is sent",
  async (project) => {
    const { platform, root, service } = project;
    const id = project.made("Login times out", "-d", "Since Monday\n\n- [ ] find out why");
    const other = project.made("Another");
    project.at(1000);
    await service.pull();
    const events = recordedEvents();
    const access = { platform, projectRoot: root, version: "9.8.7" };
    const found = await searchOriginCandidates({ ...access, queryKey: id });
    const [candidate] = found.candidates;
    assert.ok(candidate !== undefined);
    const { issue } = await service.issueShow(id);
    const options = {
      ...access,
      candidate,
      resourceType: found.resourceType,
      resourceId: found.resourceId,
      text: { body: issue.body, tasks: [] },
      commit: false,
      events,
    };
    const started = await startMissionFromTicket(options);
    assert.deepEqual(started.originTicket, {
      provider: "beads",
      resource_type: "beads_workspace",
      resource_id: "main",
      external_issue_id: id,
      external_issue_key: id,
      external_issue_url: `beads:${id}`,
      title: "Login times out",
    });
    assert.equal(events.created.length, 1);
    assert.deepEqual(events.bound, []);
    assert.equal(started.eventEmitted, false);
    const spec = await platform.files.readText(`${started.missionDir}/spec.md`) ?? "";
    assert.match(spec, /^> Since Monday\n>\n> - \[ \] find out why$/m);

    const take = () =>
      takeTicket({
        issues: service,
        id,
        names: ["Mei"],
        push: (only) => service.push({ only: [only] }),
      });
    await service.issueEdit(other, { title: "Waits" });
    assert.deepEqual(await take(), {
      status: { kind: "done", value: "in_progress" },
      assignee: { kind: "done", value: "Mei" },
    });
    const shown = project.shown(id);
    assert.equal(shown["status"], "in_progress");
    assert.equal(shown["assignee"], "Mei");
    assert.equal(project.shown(other)["title"], "Another", "other edits wait on");
    assert.deepEqual(await take(), {
      status: { kind: "already", value: "in_progress" },
      assignee: { kind: "already", value: "Mei" },
    });

    const again = await startMissionFromTicket(options);
    assert.equal(again.resumed, true);
    assert.equal((await listMissions(platform, root)).length, 1);
    const [second] = (await searchOriginCandidates({ ...access, queryKey: other })).candidates;
    assert.ok(second !== undefined);
    await assert.rejects(
      bindMissionOrigin({ ...options, missionDir: started.missionDir, candidate: second }),
      { code: "origin_taken" },
    );
  },
);
