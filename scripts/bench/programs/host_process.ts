import { startProgram } from "./child.ts";

/** The demo user's calls of an embedded host. */
export interface HostCalls {
  readonly url: string;
  /** Access token of the demo user. */
  readonly token: string;
  /** Headers of a tracker call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Binds a project to the linear resource whose label holds a text; answers the binding's reference. */
  bind(label: string): Promise<string>;
  /** Sends a JSON body to a path and answers the JSON. */
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
}

/** An embedded host as a process of its own. */
export interface HostProcess extends HostCalls {
  stop(): Promise<void>;
}

const MAIN = new URL("../../../main.ts", import.meta.url);

/** Starts a development host with its home in `base`. */
export async function startHostProcess(base: string): Promise<HostProcess> {
  const { line, stop } = await startProgram(
    MAIN,
    ["host", "serve", "--dev", "--listen", "127.0.0.1:0", "--json"],
    { SPEC_KITTY_ENABLE_SAAS_SYNC: "1", SPEC_KITTY_HOME: `${base}/host-home` },
  );
  return { ...await signIn(JSON.parse(line).url), stop };
}

/** Signs the demo user in. */
export async function signIn(url: string): Promise<HostCalls> {
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(json)}`);
    return json;
  };
  const { access } = await post("/api/v1/token/", {
    username: "demo@example.com",
    password: "demo",
  });
  const headers = { authorization: `Bearer ${access}`, "x-team-slug": "acme" };
  return {
    url,
    token: access,
    headers,
    post: (path, body) => post(path, body, headers),
    async bind(label) {
      const project = {
        uuid: crypto.randomUUID(),
        slug: "bench",
        node_id: "0123456789ab",
        repo_slug: null,
      };
      const identity = { provider: "linear", project_identity: project };
      const { candidates } = await post("/api/v1/tracker/bind-resolve/", identity, headers);
      const chosen = candidates.find((one: { display_label: string }) =>
        one.display_label.includes(label)
      );
      const bound = await post("/api/v1/tracker/bind-confirm/", {
        ...identity,
        candidate_token: chosen.candidate_token,
      }, { ...headers, "idempotency-key": crypto.randomUUID() });
      return bound.binding_ref;
    },
  };
}

/** Adds issues to a linear resource of the host. */
export async function seed(host: HostCalls, resource: string, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 10_000) {
    await host.post("/dev/seed", { provider: "linear", resource, count: Math.min(left, 10_000) });
  }
}
