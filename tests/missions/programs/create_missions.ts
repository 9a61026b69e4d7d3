/** Makes as many missions as the second argument says, in the project of the first. */
import { createMission } from "../../../src/missions/create_mission.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

const [projectRoot = "", count = "1"] = Deno.args;
const events = {
  featureCreated: () => Promise.resolve(true),
  missionOriginBound: () => Promise.resolve(true),
};
for (let i = 0; i < Number(count); i++) {
  const made = await createMission({
    platform: systemPlatform(),
    projectRoot,
    slug: "both",
    events,
  });
  console.log(made.featureSlug);
}
