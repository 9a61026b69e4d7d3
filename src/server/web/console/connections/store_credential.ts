import { TrackerError } from "../../../../platform/tracker_error.ts";
import type { Credential, NewPlace } from "../../../../providers/mod.ts";
import { addConnection, testCredential } from "../../../connections/connect.ts";
import { renewCredentialOf, requireNewPlace } from "../../../connections/connect_places.ts";
import { lookForOthers } from "../../../connections/reach.ts";
import type { PlacesAt } from "../../../store/connected_resources.ts";
import { sentence } from "../refusal.ts";
import { type ConsoleAnswer, done, type Visit } from "../visit.ts";
import { connectionPath, notReached } from "./connection_words.tsx";
import { credentialForm, type Values, type Way } from "./credential_form.tsx";

/** Tests a credential at its provider, and stores it once it works. */
export async function storeCredential(
  visit: Visit,
  way: Way,
  values: Values,
  given: Credential,
): Promise<ConsoleAnswer> {
  const { context, actor, host, team } = visit;
  const { provider, connecting, renewed } = way;
  const checked = await testCredential(context, connecting, given);
  if (!checked.ok) {
    return credentialForm(visit, way, values, { [checked.field ?? ""]: checked.message });
  }
  const { account, credential = given, notes = [] } = checked;
  const missing = checked.missing.length === 0 ? "" : ` It may not: ${checked.missing.join("; ")}.`;
  const lacks = ["", ...notes].join(" ") + missing;
  const tone = missing === "" ? "good" : "warn";
  if (renewed !== null) {
    const { outOfReach } = await lookForOthers(context, connecting, credential, {
      connectionId: renewed.id,
      places: checked.places,
    });
    const given = { before: renewed, credential, account, outOfReach };
    const id = await renewCredentialOf(context, actor, await host.provideKey(), given);
    const works = `"${renewed.name}" works again as ${account}.${lacks}`;
    if (outOfReach.length === 0) return done(connectionPath(id), works, tone);
    return done(connectionPath(id), `${works} ${notReached(outOfReach)}`, "warn");
  }
  const at = { teamId: team.id, provider, baseUrl: credential.baseUrl };
  const known = await comesAlready(visit, at, checked.places);
  if (known !== null) return credentialForm(visit, way, values, { "": known });
  const made = { teamId: team.id, provider, credential, account };
  const id = await addConnection(context, actor, await host.provideKey(), made);
  return done(
    `${connectionPath(id)}/places`,
    `Connected as ${account}. Choose what to bring here.${lacks}`,
    tone,
  );
}

/** Says that other connections of the team bring all of the places; `null` when one is new. */
async function comesAlready(
  { context }: Visit,
  at: PlacesAt,
  places: readonly NewPlace[],
): Promise<string | null> {
  try {
    await requireNewPlace(context, at, places);
    return null;
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code !== "connect_failed") throw error;
    return `${sentence(error.message)} Give that connection another credential on its own page.`;
  }
}
