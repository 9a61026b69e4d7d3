import { DEMO, type RunningHost } from "../../src/server/mod.ts";
import { insertConnection, type StoredConnection } from "../../src/server/store/connections.ts";
import { teamsOf, userByName } from "../../src/server/store/users.ts";
import { aConnection } from "../support/connections.ts";
import { browserTest, visit } from "./browser.ts";
import {
  assertGoodEverywhere,
  enter,
  open,
  signInByKeyboard,
  withConnectableHost,
} from "./console.ts";

/** What a tracker says has no length that anybody has agreed on. */
const LONG = `The tracker refused "${"resourceNotAccessibleByPersonalToken".repeat(4)}"`;

const HOUR_MS = 60 * 60_000;

const STATES: readonly Partial<StoredConnection>[] = [
  { state: "refused", stateAt: Date.now() - HOUR_MS, stateDetail: LONG, webhookState: "by_hand" },
  { state: "limited", stateAt: Date.now() + HOUR_MS, stateDetail: "No more calls" },
  { state: "ok", lastChangeAt: Date.now() - HOUR_MS, webhookState: "registered" },
  { state: "unreachable", stateAt: Date.now() - HOUR_MS, stateDetail: "No answer" },
  { state: "ok", pausedAt: Date.now() - HOUR_MS },
];

/** Stores a connection in each state, which brings a place that cannot be read; returns their ids. */
async function storeConnections({ context }: RunningHost): Promise<readonly string[]> {
  const { store } = context;
  const user = await userByName(store, DEMO.username);
  const [team] = await teamsOf(store, user?.user.id ?? "");
  const [installation] = await store.all(
    "SELECT id FROM installations WHERE provider = 'github' AND team_id = ?",
    team?.id ?? "",
  );
  const resources = await store.all(
    "SELECT id FROM resources WHERE installation_id = ? ORDER BY id",
    String(installation?.["id"]),
  );
  const ids: string[] = [];
  for (const [index, changes] of STATES.entries()) {
    const id = context.newId("con");
    const owned = {
      id,
      teamId: team?.id ?? "",
      installationId: String(installation?.["id"]),
      credential: "v1:none",
    };
    const budget = { budgetLeft: 4_321, budgetResetsAt: Date.now() + HOUR_MS };
    await store.transaction((tx) =>
      insertConnection(
        tx,
        aConnection(owned, { name: `github-${index}`, madeAt: Date.now(), ...budget, ...changes }),
      )
    );
    await store.run(
      "UPDATE resources SET connection_id = ?, sync_error = ? WHERE id = ?",
      id,
      LONG,
      String(resources[index]?.["id"] ?? ""),
    );
    ids.push(id);
  }
  return ids;
}

browserTest(
  "the pages of a connection in each state, of its webhooks and of its credential are good for everybody",
  (browser) =>
    withConnectableHost((host) =>
      visit(browser, `${host.url}/sign-in`, { ready: "h1" }, async ({ page }) => {
        await signInByKeyboard(page, DEMO);
        const ids = await storeConnections(host);
        for (const path of ["/connections", ...ids.map((id) => `/connections/${id}`)]) {
          await open(page, host.url + path);
          await assertGoodEverywhere(page);
        }
        const [refused = ""] = ids;
        const [place] = await host.context.store.all(
          "SELECT id FROM resources WHERE connection_id = ?",
          refused,
        );
        const path = `/connections/${refused}`;
        for (const one of [`/projects/${place?.["id"]}`, `${path}/credential`, `${path}/webhook`]) {
          await open(page, host.url + one);
          await assertGoodEverywhere(page);
        }
        await page.getByRole("button", { name: "Show the secret" }).focus();
        await enter(page, "Webhooks of github-0");
        await page.getByLabel("Token", { exact: true }).waitFor();
        await assertGoodEverywhere(page);
      })
    ),
);
