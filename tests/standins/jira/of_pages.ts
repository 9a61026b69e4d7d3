import { FakeJira } from "./fake_jira.ts";
import { PERMISSIONS } from "./state.ts";

/** The account and the token that pages use; they are of nobody. */
const MAIL = "ada@acme.example";
const TOKEN = "ATATT-of-the-pages";

/** Starts the Jira that pages speak of: the projects WEB and OPS with some issues. */
export async function jiraOfPages(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const { jira, url, stop } = await FakeJira.serve();
  const { state } = jira;
  const ada = state.addPerson("ada", "Ada Lovelace", MAIL);
  const web = state.addProject("WEB");
  const ops = state.addProject("OPS");
  jira.allow(ada.accountId, MAIL, TOKEN, PERMISSIONS.filter((one) => one !== "ADMINISTER"));
  jira.add(web, { summary: "Checkout fails with an empty cart", typeId: "10103" });
  jira.add(web, { summary: "Show the sum while typing", statusId: state.statusId("In Progress") });
  jira.add(ops, { summary: "Renew the certificates" });
  return { port: Number(new URL(url).port), stop };
}
