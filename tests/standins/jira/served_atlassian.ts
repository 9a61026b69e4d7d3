import { FakeAtlassian } from "./fake_atlassian.ts";
import { FakeJira } from "./fake_jira.ts";
import { PERMISSIONS } from "./state.ts";

/** A Jira with the project WEB on a port of this machine, with its sign-in of apps and its gateway. */
export interface ServedAtlassian {
  readonly jira: FakeJira;
  readonly atlassian: FakeAtlassian;
  /** Where the site, the sign-in and the gateway are. */
  readonly url: string;
  /** What an app has to be registered with: where it is led back to is known once the host listens. */
  readonly app: { readonly clientId: string; readonly clientSecret: string; callback: string };
  stop(): Promise<void>;
}

/** Serves a fake Atlassian. */
export async function serveAtlassian(): Promise<ServedAtlassian> {
  let answer: (request: Request) => Promise<Response> = () =>
    Promise.resolve(new Response(null, { status: 503 }));
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(request),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const jira = await FakeJira.start(url, Date.now);
  const person = jira.state.addPerson("ada", "Ada Lovelace", "ada@acme.test");
  const web = jira.state.addProject("WEB");
  jira.add(web, { summary: "Checkout fails" });
  const app = {
    clientId: "fake-client-id",
    clientSecret: "ATOA-fake-client-secret-0123456789",
    callback: "",
  };
  const permissions = PERMISSIONS.filter((one) => one !== "ADMINISTER");
  const atlassian = new FakeAtlassian({
    jira,
    site: url,
    auth: url,
    api: url,
    now: Date.now,
    app,
    person,
    permissions,
  });
  // A browser takes another name of the machine for another site.
  answer = async ({ url, method, headers, body }) => {
    const sent = body === null ? null : await new Response(body).arrayBuffer();
    const here = url.replace("//localhost:", "//127.0.0.1:");
    return await atlassian.handle(new Request(here, { method, headers, body: sent }));
  };
  return { jira, atlassian, url, app, stop: () => server.shutdown() };
}
