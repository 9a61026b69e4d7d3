/** Events of teams, the first change and the parent of an issue, items of operations, repairs. */
export const TEAMS_AND_PARENTS = `
-- An event belongs to one team: its id names it there and nowhere else.
CREATE TABLE events_of_teams (
  team_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  lamport_clock INTEGER NOT NULL,
  json TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (team_id, event_id)
) STRICT;
INSERT INTO events_of_teams
SELECT COALESCE(
    (SELECT t.id FROM members m JOIN teams t ON t.id = m.team_id
     WHERE m.user_id = e.user_id AND json_extract(e.json, '$.team_slug') IN (t.slug, t.id)),
    (SELECT MIN(m.team_id) FROM members m WHERE m.user_id = e.user_id),
    ''),
  e.event_id, e.user_id, e.node_id, e.lamport_clock, e.json, e.received_at
FROM events e ORDER BY e.rowid;
DROP TABLE events;
ALTER TABLE events_of_teams RENAME TO events;

-- Tells an issue that is new to a reader from one that has changed: the number of its first change.
ALTER TABLE issues ADD COLUMN first_change INTEGER NOT NULL DEFAULT 0;
UPDATE issues SET first_change = change WHERE version = 1;

-- The parent by its id alone, so that walking from parent to parent reads no issue.
ALTER TABLE issues ADD COLUMN parent_id TEXT;
UPDATE issues SET parent_id = json_extract(json, '$.parent_ref.id');
UPDATE issues SET parent_id = COALESCE(
  (SELECT p.external_id FROM issues p
   WHERE p.resource_id = issues.resource_id AND p.key_folded = lower(issues.parent_id)
     AND NOT EXISTS (SELECT 1 FROM issues q
       WHERE q.resource_id = issues.resource_id AND q.external_id = issues.parent_id)),
  parent_id)
WHERE parent_id IS NOT NULL;
CREATE INDEX issues_by_parent ON issues (resource_id, parent_id) WHERE parent_id IS NOT NULL;

-- What each item of an operation under way has come to.
CREATE TABLE operation_items (
  operation_id TEXT NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  item TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (operation_id, place)
) STRICT;

-- Repairs of stored data that SQL cannot make; each row leaves once its repair is done.
CREATE TABLE repairs (name TEXT PRIMARY KEY) STRICT;
INSERT INTO repairs (name) VALUES ('issue_times');
`;
