import { endSessions } from "../../../accounts/session_admin.ts";
import { setRole } from "../../../accounts/user_admin.ts";
import { ROLES } from "../../../model/user.ts";
import { type ConsoleAnswer, type ConsolePage, done, type Visit } from "../visit.ts";
import { refusal } from "../refusal.ts";
import { counted } from "../words.ts";
import { requirePerson } from "./find_person.ts";
import { userPath } from "./people_paths.ts";

/** Gives a person another role. */
export const ROLE_FORM: ConsolePage = {
  method: "POST",
  path: "/people/users/:username/role",
  section: "people",
  for: "admin",
  answer: changeRole,
};

/** Ends one session of a person, or all. */
export const SESSIONS_FORM: ConsolePage = {
  method: "POST",
  path: "/people/users/:username/sessions",
  section: "people",
  for: "member",
  answer: end,
};

async function changeRole(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, form } = visit;
  const { username, name } = await requirePerson(visit);
  const role = ROLES.find((known) => known === form.text("role")) ?? "member";
  const page = userPath(username);
  const problems = await refusal(
    () => setRole(context, actor, username, role, team.slug),
    { last_admin: "" },
  );
  return problems === null
    ? done(page, `${name} is ${role === "admin" ? "an admin" : "a member"} now.`)
    : done(page, `${problems[""]} Make another person an admin first.`, "warn");
}

async function end(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, form } = visit;
  const { username } = await requirePerson(visit);
  const session = form.text("session");
  const ended = await endSessions(context, actor, username, session === "" ? undefined : session);
  return done(userPath(username), `${counted(ended, "session")} ended.`);
}
