export const jobBlueprint = 'baton-bulk';
