/** Issues of each resource by their update: a reader who asks for the newest passes none of the others. */
export const UPDATES = `
  CREATE INDEX issues_by_update ON issues (resource_id, updated_ms, change);
`;
