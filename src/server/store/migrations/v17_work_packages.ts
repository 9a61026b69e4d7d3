/** Keeps what is known of the work packages of projects, so that their issues follow their lanes. */
export const WORK_PACKAGES = `
  CREATE TABLE work_packages (
    team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
    project_uuid TEXT NOT NULL,
    -- The name of the mission's directory.
    mission TEXT NOT NULL,
    wp_id TEXT NOT NULL,
    project_slug TEXT,
    title TEXT,
    -- The packages that it waits for, in JSON.
    dependencies TEXT,
    -- Where the newest step has brought it; null for a package of which no step is known.
    lane TEXT,
    -- When that was, in UTC and with nine digits of a second; null where nobody has said.
    lane_at TEXT,
    -- The id of the step: of two at one time, the greater is the later one.
    lane_step TEXT,
    -- Who has told the host of the step.
    user_id TEXT NOT NULL,
    -- Whether its issues have yet to follow.
    due INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (team_id, project_uuid, mission, wp_id)
  ) STRICT;
  CREATE INDEX work_packages_due ON work_packages (team_id, project_uuid) WHERE due = 1;
  -- Whether an event was looked into for what it says of a work package. Processes of the version before do not.
  ALTER TABLE events ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX events_unnoted ON events (team_id, event_id) WHERE noted = 0;
`;
