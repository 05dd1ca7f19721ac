export const entityKinds = ['phone', 'domain', 'email'] as const;
export type EntityKind = (typeof entityKinds)[number];
