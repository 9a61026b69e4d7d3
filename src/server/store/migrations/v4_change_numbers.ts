/** The number of a resource's newest change stands in its row, where one writer after the other takes the next. */
export const CHANGE_NUMBERS = `
  ALTER TABLE resources ADD COLUMN last_change INTEGER NOT NULL DEFAULT 0;
  UPDATE resources SET last_change = COALESCE(
    (SELECT MAX(change) FROM issues WHERE issues.resource_id = resources.id), 0);
`;
