import { FakeGitLab } from "./fake_gitlab.ts";

/** The token that pages use; it is one of no real account. */
const TOKEN = "glpat-of-the-pages-0123456789";

/** Starts the GitLab that pages speak of: the projects `acme/web` and `acme/shop/api` with some issues. */
export function gitLabOfPages(): { readonly port: number; stop(): Promise<void> } {
  const { gitlab, url, stop } = FakeGitLab.serve();
  const { state } = gitlab;
  const web = state.addProject("acme/web");
  const api = state.addProject("acme/shop/api");
  state.addToken(TOKEN, "ada");
  const at = Date.UTC(2026, 0, 5, 9);
  state.addIssue(web, { title: "Checkout fails with an empty cart", labels: ["bug"] }, at);
  state.addIssue(
    web,
    { title: "Show the sum while typing", labels: ["workflow::doing"] },
    at + 60_000,
  );
  state.addIssue(api, { title: "Answer 404 for unknown carts" }, at + 120_000);
  return { port: Number(new URL(url).port), stop };
}
