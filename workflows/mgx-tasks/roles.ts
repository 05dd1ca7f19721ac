/** The team, in the order in which it works. Replayed: pure. */
export const roles = [
  { role: 'ProductManager', agent: 'mgx-product-manager', span: [0, 0.2] },
  { role: 'Architect', agent: 'mgx-architect', span: [0.2, 0.4] },
  { role: 'ProjectManager', agent: 'mgx-project-manager', span: [0.4, 0.5] },
  { role: 'Engineer', agent: 'mgx-engineer', span: [0.5, 0.85] },
  { role: 'QaEngineer', agent: 'mgx-qa-engineer', span: [0.85, 1] },
] as const satisfies readonly { role: string; agent: string; span: readonly [number, number] }[];

export type Role = (typeof roles)[number];
