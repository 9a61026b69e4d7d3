import { FakeGitHub } from "./fake_github.ts";

/** The token that pages use; it is one of no real account. */
const TOKEN = "github_pat_of_the_pages";

/** Starts the GitHub that pages speak of: the repositories `acme/web` and `acme/api` with some issues. */
export async function gitHubOfPages(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const { github, url, stop } = await FakeGitHub.serve();
  const { state } = github;
  const web = state.addRepository("acme/web");
  const api = state.addRepository("acme/api");
  web.assignable.add("ada");
  state.tokens.set(TOKEN, { login: "ada", issues: "write", hooks: true, mayTriage: true });
  const at = Date.UTC(2026, 0, 5, 9);
  state.addIssue(web, { title: "Checkout fails with an empty cart", labels: ["bug"] }, at);
  state.addIssue(web, { title: "Show the sum while typing", labels: ["doing"] }, at + 60_000);
  state.addIssue(api, { title: "Answer 404 for unknown carts" }, at + 120_000);
  return { port: Number(new URL(url).port), stop };
}
