/**
 * Issues of each resource by status and type, in the order of their changes, and with their update: a reader who asks for
 * some of them passes none of the others, and reads no issue to know its kind.
 */
export const KINDS = `
  CREATE INDEX issues_by_kind ON issues (resource_id, status, issue_type, change, updated_ms);
  DROP INDEX issues_by_status;
  DROP INDEX issues_by_update;
  CREATE INDEX issues_by_update ON issues (resource_id, updated_ms, change, status, issue_type);
`;
