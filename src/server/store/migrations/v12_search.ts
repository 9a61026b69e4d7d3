/**
 * An index of the issues by every three characters that follow each other in their folded text; SQLite's alone, since
 * PostgreSQL has its own (`migrations/postgres.ts`). Its rows are numbered by place and change, so that those of one
 * resource stand together in the order of their changes. A job adds what was changed after `indexed` (ADR 0039).
 */
export const SEARCH = `
  -- SQLite alone
  CREATE TABLE search_places (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id TEXT NOT NULL UNIQUE,
    -- The last change that is in the index, with all before it.
    indexed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO search_places (resource_id) SELECT id FROM resources ORDER BY id;
  CREATE VIRTUAL TABLE search_words USING fts5 (
    search, tokenize = 'trigram case_sensitive 1', content = '', contentless_delete = 1, detail = none
  );
  CREATE TRIGGER search_place_added AFTER INSERT ON resources BEGIN
    INSERT INTO search_places (resource_id) VALUES (NEW.id);
  END;
  CREATE TRIGGER search_words_changed AFTER UPDATE OF resource_id, change, search ON issues BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT (number << 32) + OLD.change FROM search_places
      WHERE resource_id = OLD.resource_id AND indexed >= OLD.change);
  END;
  CREATE TRIGGER search_words_removed AFTER DELETE ON issues BEGIN
    DELETE FROM search_words WHERE rowid = (SELECT (number << 32) + OLD.change FROM search_places
      WHERE resource_id = OLD.resource_id AND indexed >= OLD.change);
  END;
  -- both
`;
