/**
 * Stores pages of issues in the cache `path` until it is killed: new ones, and those of earlier pages with another text
 * or without their turn. Prints a line for each page.
 */
import { IssueStore } from "../../../src/store/issue_store.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { pageOf } from "../pages_fixture.ts";

const [path = "", from = "0"] = Deno.args;
const platform = systemPlatform();
using store = await IssueStore.open(platform, path);
for (let page = Number(from);; page++) {
  store.putPage(pageOf(page));
  // One that is gone at the tracker.
  store.listings.remove([`iss-${page * 100}`]);
  platform.terminal.stdout.write(`${page}\n`);
}
