/** Marks a field as the one with the problem, for {@link problemLine}. */
export const FAULTY = ' aria-invalid="true" aria-describedby="problem"';

/** Which of the fields is to be looked at. */
export interface CredentialState {
  readonly focus: "username" | "password" | null;
  readonly wrong: boolean;
}

/** Returns the fields for a name and a password, and the two buttons below them. */
export function credentialFields(username: string, { focus, wrong }: CredentialState): string {
  const autofocus = (field: "username" | "password") => field === focus ? " autofocus" : "";
  return `<label for="username">User name</label>
<input id="username" name="username" required autocomplete="username" autocapitalize="none" spellcheck="false"${
    autofocus("username")
  } value="${escape(username)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"${
    autofocus("password")
  }${wrong ? FAULTY : ""}>
<div class="actions"><button name="decision" value="approve">Approve</button>
<button name="decision" value="deny" class="quiet">Deny</button></div>`;
}

/** Returns the line that says what was wrong; empty when nothing was. */
export function problemLine(problem: string): string {
  return problem === ""
    ? ""
    : `<p class="problem" id="problem" role="alert">${escape(problem)}</p>`;
}

const MARK =
  '<svg aria-hidden="true" viewBox="0 0 32 32" width="22" height="22"><rect width="32" height="32" rx="8" class="mark"/><path d="M8 11h16M16 11v13" class="letter"/><circle cx="24" cy="23" r="3" class="spot"/></svg>';

/** What a page is beside its content. */
export interface PageOptions {
  readonly status?: number;
  readonly title?: string;
  /** Where its form may lead, beside this host, in the words of a content security policy. */
  readonly formAction?: string;
}

/** Returns a page of the host: no script, no cookie, no frame around it. */
export function page(main: string, options: PageOptions = {}): Response {
  const { status = 200, title = "Sign in a device", formAction = "" } = options;
  const forms = `form-action 'self'${formAction === "" ? "" : ` ${formAction}`}`;
  return new Response(
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${
      status === 200 ? "" : "Not done: "
    }${title} · tracker</title><link rel="stylesheet" href="/device.css"></head>
<body>
<header>${MARK} tracker</header>
<main>
${main}
</main>
<footer>Approve only what you have started yourself: it can do all that you can.</footer>
</body>
</html>
`,
    {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          `default-src 'none'; style-src 'self'; ${forms}; frame-ancestors 'none'; base-uri 'none'`,
        "x-frame-options": "DENY",
      },
    },
  );
}

/** Makes text safe in an element and in an attribute. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
