/**
 * The schema of a tracker cache, one entry per version: entry `i` brings version `i` to `i + 1`.
 * An entry that has been released never changes; a new version is a new entry.
 */
export const STORE_MIGRATIONS: readonly string[] = [
  // 1: what a pull of any provider needs.
  `
  CREATE TABLE tracker_issues (
    id         TEXT PRIMARY KEY,
    key        TEXT,
    title      TEXT NOT NULL,
    status     TEXT NOT NULL,
    issue_type TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    json       TEXT NOT NULL
  );
  CREATE INDEX tracker_issues_by_key ON tracker_issues (key COLLATE NOCASE) WHERE key IS NOT NULL;
  CREATE TABLE tracker_checkpoints (
    name          TEXT PRIMARY KEY,
    cursor        TEXT,
    updated_since TEXT,
    filters_key   TEXT NOT NULL
  );
  CREATE TABLE tracker_mappings (
    wp_id        TEXT NOT NULL,
    system       TEXT NOT NULL,
    workspace    TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    external_key TEXT,
    external_url TEXT,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    PRIMARY KEY (wp_id, system),
    UNIQUE (system, workspace, external_id)
  );
  CREATE TABLE tracker_runs (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    outcome     TEXT NOT NULL,
    counts      TEXT NOT NULL
  );
  `,
  // 2: bases and local edits. A base of NULL says "the same as json", a base of 'null' "never synced".
  `
  ALTER TABLE tracker_issues ADD COLUMN base TEXT;
  ALTER TABLE tracker_issues ADD COLUMN edited_at INTEGER;
  CREATE INDEX tracker_issues_edited ON tracker_issues (id) WHERE base IS NOT NULL;
  CREATE TABLE tracker_aliases (
    local_id   TEXT PRIMARY KEY,
    issue_id   TEXT NOT NULL,
    unfinished INTEGER NOT NULL
  );
  CREATE INDEX tracker_aliases_unfinished ON tracker_aliases (issue_id) WHERE unfinished = 1;
  `,
  // 3: conflicts, and when everything was last listed.
  `
  CREATE TABLE tracker_conflicts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id    TEXT NOT NULL,
    field       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    base        TEXT NOT NULL,
    ours        TEXT NOT NULL,
    theirs      TEXT NOT NULL,
    taken       TEXT,
    detected_at INTEGER NOT NULL,
    resolved_at INTEGER
  );
  CREATE UNIQUE INDEX tracker_conflicts_open ON tracker_conflicts (issue_id, field)
    WHERE taken IS NULL;
  ALTER TABLE tracker_checkpoints ADD COLUMN full_at INTEGER;
  ALTER TABLE tracker_checkpoints ADD COLUMN pulls_since_full INTEGER NOT NULL DEFAULT 0;
  `,
  // 4: of the listing that a checkpoint stands in, when it began and the newest change met in it.
  `
  ALTER TABLE tracker_checkpoints ADD COLUMN began_at INTEGER;
  ALTER TABLE tracker_checkpoints ADD COLUMN newest TEXT;
  `,
  // 5: batches of pushes to a host that came to their end, by the key that follows from their content.
  `
  CREATE TABLE tracker_pushes (
    content     TEXT PRIMARY KEY,
    times       INTEGER NOT NULL,
    finished_at INTEGER NOT NULL
  );
  `,
  // 6: batches of the one push that is under way, the listing that is under way, and issues that are gone at the host.
  `
  DROP TABLE tracker_pushes;
  CREATE TABLE tracker_push_batches (
    place     INTEGER PRIMARY KEY,
    push      TEXT NOT NULL,
    key       TEXT NOT NULL,
    answer    TEXT,
    opened_at INTEGER NOT NULL
  );
  ALTER TABLE tracker_checkpoints ADD COLUMN listing INTEGER;
  CREATE TABLE tracker_listings (
    listing INTEGER NOT NULL,
    ids     TEXT NOT NULL
  );
  CREATE TABLE tracker_gone (
    id      TEXT PRIMARY KEY,
    told_at INTEGER NOT NULL
  );
  `,
  // 7: a time for each edited field instead of one for the issue, refusals of edits, when the tracker's
  // value was last seen, and the times of conflicts. Of issues created here and not written whole yet, what
  // is left to send is marked instead of the issue, so that none stays marked when nothing is left; what
  // went over a change of the tracker since then is an edit like any other.
  `
  ALTER TABLE tracker_issues ADD COLUMN edits TEXT;
  ALTER TABLE tracker_issues ADD COLUMN faults INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tracker_issues ADD COLUMN seen_at INTEGER;
  ALTER TABLE tracker_conflicts ADD COLUMN ours_at INTEGER;
  ALTER TABLE tracker_conflicts ADD COLUMN theirs_at INTEGER;
  ALTER TABLE tracker_conflicts ADD COLUMN seen_at INTEGER;
  UPDATE tracker_issues SET edits = (
    SELECT json_group_object(column1, CASE
      WHEN base = 'null' OR (
        EXISTS (SELECT 1 FROM tracker_aliases WHERE issue_id = id AND unfinished = 1)
        AND NOT EXISTS (
          SELECT 1 FROM tracker_conflicts AS known WHERE known.issue_id = tracker_issues.id
            AND known.field = column1 AND known.reason = 'owner' AND known.taken = 'ours'
            AND known.detected_at >= ifnull(edited_at, 0)
        )
      ) THEN json_object('at', ifnull(edited_at, 0), 'made', json('true'))
      ELSE json_object('at', ifnull(edited_at, 0))
    END)
    FROM (VALUES
      ('title', '$.title'), ('body', '$.body'), ('status', '$.status'),
      ('issue_type', '$.issue_type'), ('priority', '$.priority'), ('assignees', '$.assignees'),
      ('labels', '$.labels'), ('parent', '$.parent_ref'), ('links', '$.links'),
      ('custom_fields', '$.custom_fields')
    )
    WHERE base = 'null' OR json_extract(json, column2) IS NOT json_extract(base, column2)
  ) WHERE base IS NOT NULL;
  DROP INDEX tracker_aliases_unfinished;
  ALTER TABLE tracker_aliases DROP COLUMN unfinished;
  `,
  // 8: one journal of all writes to a host, in which those that create issues outlast other pushes. The edits of
  // issues that are gone are refused ones, as those of a local tool are.
  `
  CREATE TABLE tracker_sends (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL,
    content   TEXT NOT NULL,
    place     INTEGER NOT NULL,
    key       TEXT NOT NULL,
    answer    TEXT,
    opened_at INTEGER NOT NULL
  );
  INSERT INTO tracker_sends (kind, content, place, key, answer, opened_at)
    SELECT 'items', push, place, key, answer, opened_at FROM tracker_push_batches ORDER BY place;
  DROP TABLE tracker_push_batches;
  UPDATE tracker_issues SET
    title = json_extract(base, '$.title'),
    status = json_extract(base, '$.status'),
    issue_type = json_extract(base, '$.issue_type'),
    faults = (SELECT count(*) FROM json_each(edits)),
    edits = (
      SELECT json_group_object(key, json_set(value, '$.fault', json_object(
        'code', 'issue_gone',
        'message',
        'The tracker does not have this issue any more; edits made here were not pushed',
        'at', (SELECT told_at FROM tracker_gone WHERE tracker_gone.id = tracker_issues.id)
      ))) FROM json_each(edits)
    )
  WHERE base IS NOT NULL AND base <> 'null' AND edits IS NOT NULL
    AND id IN (SELECT id FROM tracker_gone);
  DROP TABLE tracker_gone;
  `,
  // 9: the work packages of which tickets were pushed from here, and their newest steps.
  `
  CREATE TABLE tracker_packages (
    mission  TEXT NOT NULL,
    wp_id    TEXT NOT NULL,
    issue_id TEXT NOT NULL,
    step_at  TEXT,
    step_id  TEXT NOT NULL,
    PRIMARY KEY (mission, wp_id)
  );
  `,
  // 10: indexes for what lists and counts ask for: issues of a status, and all, in the order of their last change. They
  // hold the type, too, so that issues of a type are found and counted without reading another one.
  `
  CREATE INDEX tracker_issues_by_status
    ON tracker_issues (status, updated_at DESC, id, issue_type);
  CREATE INDEX tracker_issues_by_update ON tracker_issues (updated_at DESC, id, issue_type);
  `,
  // 11: the index of words (word_index.ts). Its tables are not called "tracker_": what is only derived is neither copied
  // nor local work. The row of a removed issue may be given again, to one that is not in the index.
  `
  CREATE TABLE issue_segments (
    segment INTEGER PRIMARY KEY AUTOINCREMENT,
    first   INTEGER NOT NULL,
    issues  BLOB NOT NULL
  );
  CREATE TABLE issue_words (
    id      INTEGER PRIMARY KEY,
    holders BLOB NOT NULL
  );
  CREATE TABLE issue_words_place (
    indexed INTEGER NOT NULL
  );
  INSERT INTO issue_words_place (indexed) VALUES (0);
  CREATE TRIGGER issue_words_removed AFTER DELETE ON tracker_issues BEGIN
    UPDATE issue_words_place
      SET indexed = min(indexed, ifnull((SELECT max(rowid) FROM tracker_issues), 0));
  END;
  `,
  // 12: columns of the segments (issue_columns.ts), and the rows whose issues were stored again or removed since a segment
  // was built. All segments are built again, with columns. The index has little but the rows: it counts all issues.
  `
  CREATE TABLE issue_columns (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
  );
  CREATE TABLE issue_rows_past (
    row INTEGER PRIMARY KEY
  );
  CREATE TRIGGER issue_rows_removed AFTER DELETE ON tracker_issues BEGIN
    INSERT OR IGNORE INTO issue_rows_past (row) VALUES (OLD.rowid);
  END;
  CREATE INDEX tracker_issues_by_faults ON tracker_issues (faults);
  DELETE FROM issue_words;
  DELETE FROM issue_segments;
  UPDATE issue_words_place SET indexed = 0;
  `,
];

/** The oldest version with the tables and columns of the newest: later ones only let what is asked be found sooner. */
export const READABLE_FROM = 9;
