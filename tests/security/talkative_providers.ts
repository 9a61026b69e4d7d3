/** Providers that say again what they were sent, in each of the ways in which they can fail. */
import { FakeGitHub } from "../standins/github/fake_github.ts";
import { FakeGitLab } from "../standins/gitlab/fake_gitlab.ts";
import { FakeJira } from "../standins/jira/fake_jira.ts";
import { type FakeLinear, fakeLinear } from "../standins/linear/fake_linear.ts";
import { linearSchema } from "../standins/linear/schema.ts";
import { systemClock } from "../../src/platform/clock.ts";

/** What a provider was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** What stood in the header `Authorization`, without the word before it; else what the body holds. */
  readonly credential: string;
  readonly body: string;
}

/** A way to fail. */
export interface Failing {
  readonly name: string;
  /** Answers; throws where the connection breaks. */
  answer(asked: Asked): Response;
}

/** GitHub, Jira and Linear on this machine. */
export interface TalkativeProviders extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly gitlab: FakeGitLab;
  readonly jira: FakeJira;
  readonly linear: FakeLinear;
  readonly githubUrl: string;
  readonly gitlabUrl: string;
  readonly jiraUrl: string;
  readonly linearUrl: string;
  /** Every credential that was sent or given, and every secret of a webhook. */
  readonly secrets: ReadonlySet<string>;
  /** How they fail; `null` when they work. */
  failing: Failing | null;
  /** Which calls fail so. */
  fails: (asked: Asked) => boolean;
  /** Called before each answer. */
  onCall: () => void | Promise<void>;
  /** How often they failed. */
  failures: number;
}

/** Starts them on free ports. */
export async function talkativeProviders(): Promise<TalkativeProviders> {
  const secrets = new Set<string>();
  const behind = (answer: (request: Request) => Promise<Response>) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const body = await request.clone().text();
      const authorization = request.headers.get("authorization") ?? "";
      const bearer = request.headers.get("private-token") ??
        authorization.replace(/^(?:Bearer|Basic) /, "");
      const sent = [bearer, ...secretsIn(body)].filter((one) => one !== "");
      for (const secret of sent) secrets.add(secret);
      const { pathname: path } = new URL(request.url);
      const asked = { method: request.method, path, credential: sent.at(-1) ?? "", body };
      await self.onCall();
      if (self.failing !== null && self.fails(asked)) {
        self.failures++;
        return self.failing.answer(asked);
      }
      const given = await answer(request);
      for (const token of secretsIn(await given.clone().text())) secrets.add(token);
      return given;
    });
  const linear = fakeLinear(linearSchema(), systemClock(), ["ENG", "OPS", "WEB"]);
  const linearServer = behind((request) => Promise.resolve(linear.fetch(request)));
  let github: FakeGitHub | null = null;
  const githubServer = behind(async (request) => {
    if (github === null) throw new Error("It has not started yet");
    return await github.handle(request);
  });
  const githubUrl = `http://127.0.0.1:${githubServer.addr.port}`;
  github = await FakeGitHub.start(githubUrl, Date.now);
  let gitlab: FakeGitLab | null = null;
  const gitlabServer = behind(async (request) => {
    if (gitlab === null) throw new Error("It has not started yet");
    return await gitlab.handle(request);
  });
  const gitlabUrl = `http://127.0.0.1:${gitlabServer.addr.port}`;
  gitlab = new FakeGitLab(gitlabUrl, Date.now);
  let jira: FakeJira | null = null;
  const jiraServer = behind(async (request) => {
    if (jira === null) throw new Error("It has not started yet");
    return await jira.handle(request);
  });
  const jiraUrl = `http://127.0.0.1:${jiraServer.addr.port}`;
  jira = await FakeJira.start(jiraUrl, Date.now);
  const self: TalkativeProviders = {
    github,
    jira,
    gitlab,
    gitlabUrl,
    linear,
    githubUrl,
    jiraUrl,
    linearUrl: `http://127.0.0.1:${linearServer.addr.port}`,
    secrets,
    failing: null,
    fails: () => true,
    onCall: () => {},
    failures: 0,
    async [Symbol.asyncDispose]() {
      await githubServer.shutdown();
      await jiraServer.shutdown();
      await linearServer.shutdown();
      await gitlabServer.shutdown();
    },
  };
  return self;
}

/** Secrets of webhooks, of apps and of their tokens, as bodies have them. */
function secretsIn(body: string): string[] {
  const inJson = /"(?:secret|token|signing_token|access_token)":"([^"]+)"/g;
  const found = [...body.matchAll(inJson)].map((match) => match[1] ?? "");
  const form = body.startsWith("{") ? null : new URLSearchParams(body).get("client_secret");
  return form === null ? found : [...found, form];
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** The words of a failure, wherever a provider puts them. */
function said(words: string, code = "internal error"): unknown {
  const error = {
    message: words,
    extensions: { code, type: code, userPresentableMessage: words },
  };
  return { message: words, error: words, errors: [error], errorMessages: [words], data: null };
}

function quoting(name: string, status: number, form: (asked: Asked) => string): Failing {
  return { name, answer: (asked) => Response.json(said(form(asked)), { status }) };
}

function withHeaders(
  name: string,
  status: number,
  headers: (asked: Asked) => Record<string, string>,
): Failing {
  return {
    name,
    answer: (asked) =>
      Response.json(said(`Resource not accessible by ${asked.credential}`, "forbidden"), {
        status,
        headers: headers(asked),
      }),
  };
}

/** The ways to fail. */
export const FAILINGS: readonly Failing[] = [
  quoting("500 with the header", 500, ({ credential }) => `Authorization: Bearer ${credential}`),
  quoting("503 with the body", 503, ({ body, credential }) => `${body} of ${credential}`),
  quoting("502 in other forms", 502, ({ credential }) => {
    const forms = [
      bytes(credential).toBase64(),
      encodeURIComponent(credential),
      JSON.stringify(credential),
    ];
    return forms.join(" or ");
  }),
  quoting("401", 401, ({ credential }) => `Bad credentials: ${credential}`),
  quoting("403", 403, ({ credential }) => `Forbidden to ${credential}`),
  quoting("422", 422, ({ credential, body }) => `Wrong: ${credential} ${body}`),
  withHeaders("403 for a permission", 403, ({ credential }) => ({
    "x-accepted-github-permissions": `issues=write ${credential.slice(0, 200)}`,
  })),
  withHeaders("a limit", 403, () => ({ "retry-after": "1" })),
  {
    name: "a redirect to another server",
    answer: ({ credential }) => redirect(`http://${credential.slice(0, 60)}.invalid/`),
  },
  {
    name: "GraphQL errors",
    answer: ({ credential }) => Response.json(said(`It was ${credential}`, "invalid input")),
  },
  {
    name: "a refusal in GraphQL",
    answer: ({ credential }) =>
      Response.json(said(`It was ${credential}`, "authentication error"), { status: 400 }),
  },
  {
    name: "an answer of another shape",
    answer: ({ credential }) =>
      Response.json({ id: credential, token: 1, data: { issues: credential, teams: credential } }),
  },
  {
    name: "an answer that is no JSON",
    answer: ({ credential }) => new Response(`<p>${credential}</p>`),
  },
];

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}
