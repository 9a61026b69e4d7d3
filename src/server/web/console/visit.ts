import type { Child } from "hono/jsx";
import type { WebSession } from "../../accounts/web_sessions.ts";
import type { HostContext } from "../../context/host_context.ts";
import type { Host } from "../../http/context.ts";
import type { SentFile } from "../../http/multipart.ts";
import type { Actor } from "../../model/actor.ts";
import type { Membership } from "../../model/user.ts";
import type { Problems } from "./form.tsx";

/** A part of the console: one entry of its navigation. */
export type Section = "connections" | "projects" | "issues" | "activity" | "people" | "audit";

/** A signed-in person asks for a page, or sends a form. */
export interface Visit {
  readonly host: Host;
  /** What the services work in. */
  readonly context: HostContext;
  readonly session: WebSession;
  /** The person, for what a service records. */
  readonly actor: Actor;
  /** The team that is looked at: nothing of another team may be shown or changed. */
  readonly team: Membership;
  readonly isAdmin: boolean;
  /** Where programs and people reach this host, without a slash at its end. */
  readonly baseUrl: string;
  /** The address that the browser calls from, as limits know it. */
  readonly address: string;
  /** Returns a part of the path, such as `id` of `/projects/:id`, decoded; empty when there is none. */
  part(name: string): string;
  /** The query of the address. */
  readonly query: URLSearchParams;
  /** What the form says; empty for a page. */
  readonly form: SentForm;
}

/** A form as it was sent, its token already checked. */
export interface SentForm {
  /** Returns a field, empty when it is missing, without blanks around it. */
  text(name: string): string;
  /** Returns a field as it was sent: a password keeps its blanks. */
  exact(name: string): string;
  /** Returns all values of a field that may be there several times. */
  all(name: string): readonly string[];
  /** Returns whether a box is checked. */
  has(name: string): boolean;
  /** Returns an uploaded file; `null` when none was chosen. */
  file(name: string): SentFile | null;
}

/** What a page answers. */
export type ConsoleAnswer =
  | {
    readonly kind: "page";
    /** The page's `h1` stands in the body. */
    readonly title: string;
    readonly body: Child;
    readonly status: number;
  }
  | { readonly kind: "done"; readonly to: string; readonly notice: Notice | null };

/** What is said once, on the next page. */
export interface Notice {
  readonly tone: "good" | "warn";
  readonly text: string;
}

/** A page of the console, or what a form of it does. */
export interface ConsolePage {
  readonly method: "GET" | "POST";
  /** Such as `/projects/:id`. */
  readonly path: string;
  readonly section: Section;
  /** Who may use it; others are answered 403. */
  readonly for: "member" | "admin";
  /**
   * Whether another site leads here: a browser then sends no cookie at first. It is not signed out for that, and asks once
   * more from a page of this host.
   */
  readonly comesFromElsewhere?: boolean;
  /** Most bytes of the form; 64 KiB unless given. */
  readonly maxBytes?: number;
  answer(visit: Visit): Promise<ConsoleAnswer>;
}

/** Shows a page. */
export function show(title: string, body: Child, status: number = 200): ConsoleAnswer {
  return { kind: "page", title, body, status };
}

/** Shows a page with a form: as refused when something is wrong with what was sent. */
export function showForm(title: string, body: Child, problems: Problems): ConsoleAnswer {
  return show(title, body, Object.keys(problems).length === 0 ? 200 : 422);
}

/** Leads to another page, which says once what was done. */
export function done(
  to: string,
  text: string | null,
  tone: Notice["tone"] = "good",
): ConsoleAnswer {
  return { kind: "done", to, notice: text === null ? null : { tone, text } };
}
