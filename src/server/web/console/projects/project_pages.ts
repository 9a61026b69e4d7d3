import type { ConsolePage } from "../visit.ts";
import { projectsPage } from "./projects_page.tsx";

/** The pages of the part "Projects". */
export const PROJECT_PAGES: readonly ConsolePage[] = [
  {
    method: "GET",
    path: "/projects",
    section: "projects",
    for: "member",
    answer: projectsPage,
  },
];
