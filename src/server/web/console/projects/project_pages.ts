import type { ConsolePage } from "../visit.ts";
import { DEED_PAGES } from "./deed_pages.tsx";
import { importFile, importPage, MAX_IMPORT_BYTES } from "./import_page.tsx";
import { missionPage } from "./mission_page.tsx";
import { missionsPage } from "./missions_page.tsx";
import { makePlace, newPlacePage } from "./new_place_page.tsx";
import { placePage } from "./place_page.tsx";
import { projectsPage } from "./projects_page.tsx";

const PROJECTS = { section: "projects", for: "member" } as const;
const FOR_ADMINS = { section: "projects", for: "admin" } as const;

/** The pages of the part "Projects". */
export const PROJECT_PAGES: readonly ConsolePage[] = [
  { ...PROJECTS, method: "GET", path: "/projects", answer: projectsPage },
  { ...FOR_ADMINS, method: "GET", path: "/projects/new", answer: (visit) => newPlacePage(visit) },
  { ...FOR_ADMINS, method: "POST", path: "/projects/new", answer: makePlace },
  { ...FOR_ADMINS, method: "GET", path: "/projects/import", answer: (visit) => importPage(visit) },
  {
    ...FOR_ADMINS,
    method: "POST",
    path: "/projects/import",
    maxBytes: MAX_IMPORT_BYTES,
    answer: importFile,
  },
  { ...PROJECTS, method: "GET", path: "/projects/:place", answer: placePage },
  { ...PROJECTS, method: "GET", path: "/projects/:place/missions", answer: missionsPage },
  { ...PROJECTS, method: "GET", path: "/projects/:place/missions/:mission", answer: missionPage },
  ...DEED_PAGES,
];
